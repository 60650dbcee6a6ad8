"""Samples of CloudWatch."""

import json

from tests.twin.aws.sample import Ref, Sample

METRIC_ALARM = Sample(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    {
        "name": "payments-dlq",
        "alarmDescription": "Payments are in the dead-letter queue.",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 3,
        "datapointsToAlarm": 2,
        "metricName": "ApproximateNumberOfMessagesVisible",
        "namespace": "AWS/SQS",
        "dimensions": {"QueueName": "payments-dlq"},
        "period": 60,
        "statistic": "Maximum",
        "threshold": 0,
        "treatMissingData": "notBreaching",
        "alarmActions": ["arn:aws:sns:eu-west-2:123456789012:operators"],
        "okActions": ["arn:aws:sns:eu-west-2:123456789012:operators"],
    },
    changes={"threshold": 5, "evaluationPeriods": 5},
    outputs=("arn",),
)

SAMPLES = (
    METRIC_ALARM,
    Sample(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "name": "errors",
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 0.01,
            "metricQueries": [
                {
                    "id": "ratio",
                    "expression": "errors / requests",
                    "label": "Error ratio",
                    "returnData": True,
                },
                {
                    "id": "errors",
                    "metric": {
                        "metricName": "HTTPCode_Target_5XX_Count",
                        "namespace": "AWS/ApplicationELB",
                        "period": 60,
                        "stat": "Sum",
                        "dimensions": {"LoadBalancer": "app/edge/1"},
                    },
                },
                {
                    "id": "requests",
                    "metric": {
                        "metricName": "RequestCount",
                        "namespace": "AWS/ApplicationELB",
                        "period": 60,
                        "stat": "Sum",
                    },
                },
            ],
        },
        label="metric-math",
    ),
    Sample(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {
            "alarmName": "payments",
            "alarmDescription": "Payments need a person.",
            "alarmRule": "ALARM(payments-dlq)",
            "alarmActions": ["arn:aws:sns:eu-west-2:123456789012:operators"],
            "actionsSuppressor": {"alarm": Ref("alarm", "arn"), "waitPeriod": 60, "extensionPeriod": 60},
        },
        needs={"alarm": METRIC_ALARM},
        changes={"alarmDescription": "Payments stand still."},
        outputs=("arn",),
    ),
    Sample(
        "aws:cloudwatch/dashboard:Dashboard",
        {
            "dashboardName": "payments",
            "dashboardBody": json.dumps(
                {"widgets": [{"type": "text", "x": 0, "y": 0, "properties": {"markdown": "A"}}]}
            ),
        },
        changes={"dashboardBody": json.dumps({"widgets": []})},
        outputs=("dashboardArn",),
    ),
)
