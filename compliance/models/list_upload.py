"""A list file that somebody uploaded: sealed while it waits, gone once it has been read."""

from django.db import models

from compliance.models.list_import import ListImport

SHA256 = r"^[0-9a-f]{64}$"


class ListUploadQuerySet(models.QuerySet["ListUpload"]):
    """Uploads without what is in them."""

    def light(self) -> "ListUploadQuerySet":
        """Leave the files where they are; `kept` says whether there is one."""
        kept = models.ExpressionWrapper(
            models.Q(content__isnull=False), output_field=models.BooleanField()
        )
        return self.defer("content", "rejects").annotate(kept=kept)


class ListUpload(models.Model):
    """One file on its way into an import, and its rejected rows until they are corrected."""

    kind = models.CharField(max_length=8, choices=ListImport.Kind.choices)
    terms = models.JSONField()  # what the import goes into, as its kind writes it
    file_name = models.CharField(max_length=128)  # digits that may be a number are blotted out
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.PositiveIntegerField()
    content = models.BinaryField(null=True)  # sealed; null once the file was read or given up
    headings = models.JSONField(default=list)  # of the file; []: a bare column of numbers
    proposed = models.JSONField(default=list)  # for each heading the key it may mean, or ""
    samples = models.JSONField(default=list)  # a few rows below, every cell masked
    mapping = models.JSONField(null=True)  # headings to keys; null: nobody has said yet
    problem = models.JSONField(null=True)  # [zh, en]: why it was not imported
    row = models.OneToOneField(
        ListImport, on_delete=models.PROTECT, null=True, related_name="upload"
    )
    rejects = models.BinaryField(null=True)  # the reject file, sealed; null: none, or swept
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="later")
    uploaded_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = ListUploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "-uploaded_at"], name="list_upload_newest")]
        constraints = [
            models.CheckConstraint(
                name="list_upload_has_digest", condition=models.Q(file_sha256__regex=SHA256)
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"

    @property
    def bound_to(self) -> bytes:
        """Return what the sealed file opens with."""
        return f"upload:{self.file_sha256}:{self.kind}".encode()


class HeadingMapping(models.Model):
    """Which column is which under one row of headings, as somebody said it last."""

    kind = models.CharField(max_length=8, choices=ListImport.Kind.choices)
    headings_sha256 = models.CharField(max_length=64)  # of the headings in their order
    mapping = models.JSONField()
    kept_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "headings_sha256"], name="heading_mapping_once"
            ),
        ]

    def __str__(self) -> str:
        return f"mapping {self.pk}"
