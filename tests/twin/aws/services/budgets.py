"""Samples of Budgets."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.sns import TOPIC


def told(threshold: int) -> dict[str, object]:
    return {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "FORECASTED",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberSnsTopicArns": [Ref("topic", "arn")],
    }


BUDGET = Sample(
    "aws:budgets/budget:Budget",
    {
        "budgetType": "COST",
        "limitAmount": "1000",
        "limitUnit": "USD",
        "timeUnit": "MONTHLY",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:benefit$scottish-child-payment"]}],
        "notifications": [told(80)],
    },
    needs={"topic": TOPIC},
    changes={"limitAmount": "2000", "notifications": [told(80), told(100)]},
    outputs=("arn", "name"),
)

SAMPLES = (BUDGET,)
