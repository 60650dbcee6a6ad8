"""CloudWatch: what alarms do through other services: messages to topics."""

from typing import Any

from twin.aws.emulator.authorization.acting import Acting
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.actions import Actions, Transition
from twin.aws.emulator.monitoring.notification import message, subject

__all__ = ["register"]

_SERVICE = "cloudwatch.amazonaws.com"
_ACTING = Acting()


def register(actions: Actions) -> None:
    """Alarms send messages to topics from now on. Scaling is registered by its own extension."""
    actions.register("arn:aws:sns:", _publish)


def _publish(transition: Transition) -> None:
    """Source: CloudWatch user guide, "Alarm actions" (alarm-actions.html): a topic of the alarm's region.

    Raises:
        AwsError: there is no such topic, or its policy or its key's does not let alarms in. The words are AWS's.
    """
    from moto.sns.models import sns_backends

    backend: Any = sns_backends[transition.account][transition.region]
    topic = backend.topics.get(transition.action_arn)
    if topic is None:
        raise AwsError("NotFound", f"Topic does not exist: {transition.action_arn}", "404 Not Found")
    _check(topic, transition)
    topic.publish(message(transition), subject=subject(transition))


def _check(topic: Any, transition: Transition) -> None:
    """A topic with the policy that it was made with lets the account's alarms in.

    Source: SNS developer guide, "Example cases for Amazon SNS access control", default policy by aws:SourceOwner. That
    its key is not asked then is this emulator's simplification.
    """
    usual = topic._create_default_topic_policy(transition.region, transition.account, topic.name)
    if topic._policy_json == usual:
        return
    against = _ACTING.refusal(_SERVICE, "sns:Publish", topic.arn, transition.alarm_arn)
    if "kms:" in against:
        words = "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
        raise AwsError("KMSAccessDenied", words)
    if against:
        words = f"CloudWatch Alarms is not authorized to perform: SNS:Publish on resource: {topic.arn}"
        raise AwsError("AuthorizationError", words)
