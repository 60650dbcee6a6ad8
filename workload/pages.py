"""Pages of the portal: plain HTML that reads well without scripts, style sheets or a fast line."""

from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["benefits_page", "contact_page", "home_page", "status_page", "waiting_page"]

HELPLINE = "0800 000 0000, Monday to Friday, 8 am to 6 pm (a placeholder)"

STATES = {
    "accepted": "We have your application and will store it shortly.",
    "received": "We have your application.",
    "in-decision": "We are deciding on your application.",
    "awarded": "Your application was successful. Your payment is on its way.",
    "refused": "Your application was not successful. We have sent you a letter that says why.",
    "paid": "Your payment was made.",
}


def _page(title: str, body: str, refresh_seconds: int | None = None) -> str:
    refresh = f'<meta http-equiv="refresh" content="{refresh_seconds}">' if refresh_seconds else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{refresh}<title>{escape(title)}</title></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _notices(degraded: Sequence[Mapping[str, str]]) -> str:
    return "".join(f'<p role="status">{escape(it["what_still_works"])}</p>' for it in degraded)


def home_page(degraded: Sequence[Mapping[str, str]]) -> str:
    """What can be done here."""
    links = (
        '<ul><li><a href="/benefits">Benefits and how to apply</a></li><li><a href="/help">Help</a></li></ul>'
    )
    return _page("Benefits", _notices(degraded) + links)


def benefits_page(benefits: Sequence[Mapping[str, str]], degraded: Sequence[Mapping[str, str]]) -> str:
    """The benefits that are known here; each is applied for at an address of its own."""
    items = "".join(
        f'<li><a href="/benefits/{escape(it["slug"])}/">{escape(it["name"])}</a></li>' for it in benefits
    )
    listed = (
        f"<ul>{items}</ul>" if items else "<p>Each benefit has an address of its own below /benefits.</p>"
    )
    return _page("Benefits and how to apply", _notices(degraded) + listed)


def contact_page(is_reachable: bool, degraded: Sequence[Mapping[str, str]]) -> str:
    """Ways to reach a person; telephone numbers where webchat and video are away."""
    chat = '<p><a href="/contact/">Webchat and video</a></p>' if is_reachable else ""
    return _page("Help", f"{_notices(degraded)}{chat}<p>Telephone: {HELPLINE}</p>")


def status_page(state: str | None, degraded: Sequence[Mapping[str, str]]) -> str:
    """How an application stands, or that this will be back."""
    sentence = STATES.get(state or "", "The status of your application will be back soon.")
    return _page("Your application", f"{_notices(degraded)}<p>{escape(sentence)}</p>")


def waiting_page(position: int, refresh_seconds: int) -> str:
    """The person's place; the page asks again by itself."""
    body = f"<p>Many people are here at the moment. People before you: {position}.</p><p>Keep this page open.</p>"
    return _page("You are in line", body, refresh_seconds)
