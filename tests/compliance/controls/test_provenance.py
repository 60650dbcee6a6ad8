"""A citation that the published mapping does not bear out is found."""

import pytest

from compliance.controls import Crosswalk
from compliance.controls.provenance import controls_by_rule, main, unsupported


def test_a_citation_that_is_borne_out_is_silent(crosswalk: Crosswalk) -> None:
    published = {"ncsc-csp": {"secretsmanager_rotation_enabled_check": {"10"}}}
    wrong = unsupported(crosswalk, "guard", published)
    assert not [it for it in wrong if it.startswith("secrets:")]


def test_a_citation_that_is_not_borne_out_is_told(crosswalk: Crosswalk) -> None:
    published = {"ncsc-csp": {"secretsmanager_rotation_enabled_check": {"9"}}}
    wrong = unsupported(crosswalk, "guard", published)
    assert "secrets: guard maps none of secretsmanager_rotation_enabled_check to ncsc-csp 10" in wrong


def test_an_article_covers_its_paragraphs_and_no_other_article(crosswalk: Crosswalk) -> None:
    published = {"uk-gdpr": {"backup_plans_exist": {"32"}, "s3_bucket_default_encryption": {"3"}}}
    wrong = unsupported(crosswalk, "prowler", published)
    assert not [it for it in wrong if it.startswith("backup:") and "uk-gdpr" in it]
    assert [it for it in wrong if it.startswith("encryption-at-rest:") and it.endswith("uk-gdpr 32(1)(a)")]


def test_every_source_has_to_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "guard=PATH prowler=PATH" in capsys.readouterr().out


def test_a_source_is_cited_at_one_commit(crosswalk: Crosswalk) -> None:
    assert [len(it.commit) for it in crosswalk.sources.values()] == [40, 40]


def test_parts_of_a_control_count_for_the_control() -> None:
    document = {
        "mappings": [
            {"guardFilePath": "a/b.guard", "controls": ["AC-3(3)(b)(1)", "SC-7a", "B3.c\u202fStored"]}
        ]
    }
    assert controls_by_rule("guard", document) == {"b": {"AC-3(3)", "SC-7", "B3.c"}}
    requirements = {
        "Requirements": [{"Id": it, "Checks": ["c"]} for it in ("ac_2_4", "sc_7_a", "article_30", "5.3")]
    }
    assert controls_by_rule("prowler", requirements) == {"c": {"AC-2(4)", "SC-7", "30", "5.3"}}
