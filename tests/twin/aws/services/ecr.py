"""Samples of ECR."""

from tests.twin.aws.sample import Ref, Sample

REPOSITORY = Sample(
    "aws:ecr/repository:Repository",
    {
        "name": "estate/workload",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [
            {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-west-2:123456789012:key/1"}
        ],
        "forceDelete": True,
    },
    changes={"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": False}},
    outputs=("arn", "registryId", "repositoryUrl"),
)
LIFECYCLE = Sample(
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    {
        "repository": Ref("repository"),
        "policy": '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":'
        '"sinceImagePushed",'
        '"countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}',
    },
    needs={"repository": REPOSITORY},
    outputs=("registryId",),
)
SCANNING = Sample(
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    {
        "scanType": "ENHANCED",
        "rules": [
            {
                "scanFrequency": "CONTINUOUS_SCAN",
                "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
            }
        ],
    },
    outputs=("registryId",),
)

SAMPLES = (REPOSITORY, LIFECYCLE, SCANNING)
