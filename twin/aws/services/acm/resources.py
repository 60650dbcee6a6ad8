"""Rows of AWS Certificate Manager: certificates that it issues; importing one is not handled."""

from twin.aws.resource import Call, Resource, Take
from twin.aws.services.acm.hooks import leave_out_own_name, wait_until_issued
from twin.aws.tags import Form, Tagging

__all__ = ["RESOURCES"]

_DESCRIBE = Call("describe_certificate", {"CertificateArn": "id"}, pick="answer.Certificate")

RESOURCES = (
    Resource(
        token="aws:acm/certificate:Certificate",
        service="acm",
        id="answer.CertificateArn",
        create=Call("request_certificate", takes=Take.ALL),
        updates=(Call("update_certificate_options", {"CertificateArn": "id", "Options": "inputs.options"}),),
        read=_DESCRIBE,
        after_read=leave_out_own_name,
        delete=(Call("delete_certificate", {"CertificateArn": "id"}),),
        outputs={
            "arn": "id",
            "validationMethod": "item.DomainValidationOptions[0].ValidationMethod",
            "domainValidationOptions": "item.DomainValidationOptions[?ResourceRecord].{domainName: "
            "DomainName, "
            "resourceRecordName: ResourceRecord.Name, resourceRecordType: ResourceRecord.Type, "
            "resourceRecordValue: ResourceRecord.Value}",
            "validationEmails": "item.DomainValidationOptions[].ValidationEmails[] || `[]`",
            "pendingRenewal": "!(!item.RenewalSummary)",
            "renewalSummaries": "item.RenewalSummary && [item.RenewalSummary.{renewalStatus: RenewalStatus, "
            "renewalStatusReason: RenewalStatusReason, updatedAt: UpdatedAt}] || `[]`",
        },
        renames={"validationOptions": "DomainValidationOptions"},
        replaces=frozenset(
            {
                "certificateAuthorityArn",
                "domainName",
                "keyAlgorithm",
                "subjectAlternativeNames",
                "validationMethod",
                "validationOptions",
            }
        ),
        unread={
            "keyAlgorithm": "the description spells it otherwise (EC-prime256v1 for EC_prime256v1)",
            "validationOptions": "the description tells them among much else",
        },
        tagging=Tagging(
            form=Form.KEY_VALUE,
            create={"Tags": "tags"},
            add=Call("add_tags_to_certificate", {"CertificateArn": "id", "Tags": "tags"}),
            remove=Call(
                "remove_tags_from_certificate", {"CertificateArn": "id", "Tags": "tag_keys[].{Key: @}"}
            ),
            present="tagging.Tags",
            read=Call("list_tags_for_certificate", {"CertificateArn": "id"}),
        ),
    ),
    Resource(
        token="aws:acm/certificateValidation:CertificateValidation",
        service="acm",
        id="inputs.certificateArn",
        after_create=wait_until_issued,
        read=_DESCRIBE,
        gone="item.Status != 'ISSUED'",
        replaces=frozenset({"certificateArn", "validationRecordFqdns"}),
        unread={"validationRecordFqdns": "they only make Pulumi wait for the records"},
        hook_reads=frozenset({"certificateArn", "validationRecordFqdns"}),
    ),
)
