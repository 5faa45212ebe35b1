"""What sealing leaves behind: leaves, tiles, checkpoints, and where the sequencer stands."""

from django.db import models


class AuditLeaf(models.Model):
    """The place of one entry in the tree. Written once, in the order of sealing; never changed."""

    leaf_index = models.BigIntegerField(primary_key=True)  # 0, 1, 2 … without a gap
    entry_id = models.BigIntegerField(unique=True)
    leaf_hash = models.BinaryField()  # SHA-256(0x00 || body)

    class Meta:
        db_table = "audit_leaf"
        verbose_name = "leaf of the audit tree 审计树叶"
        verbose_name_plural = "leaves of the audit tree 审计树叶"

    def __str__(self) -> str:
        return f"leaf {self.leaf_index}, entry {self.entry_id}"


class AuditTile(models.Model):
    """256 hashes of one level of the tree (C2SP tlog-tiles); the last of a level has fewer."""

    pk = models.CompositePrimaryKey("level", "idx")
    level = models.SmallIntegerField()  # of tiles: 0 holds leaf hashes, 1 the roots of those …
    idx = models.BigIntegerField()
    hashes = models.BinaryField()  # 32 bytes each; a tile that fills up is overwritten

    class Meta:
        db_table = "audit_tile"
        verbose_name = "tile of the audit tree 审计树块"
        verbose_name_plural = "tiles of the audit tree 审计树块"

    def __str__(self) -> str:
        return f"tile {self.level}/{self.idx}"


class AuditState(models.Model):
    """Where sealing stands: the one row that the gate asks."""

    class Stop(models.TextChoices):
        """Why sealing has stopped; nothing may be dialled then."""

        RUNNING = "", "未停止 / not stopped"
        REFUSED = "refused", "签名进程拒绝签名 / the signer refused"
        QUARANTINE = "quarantine", "有条目被隔离 / an entry was quarantined"

    id = models.SmallIntegerField(primary_key=True, default=1)
    epoch = models.IntegerField(default=1)  # another one after every new beginning
    origin = models.CharField(max_length=200)  # of the epoch's checkpoints
    size = models.BigIntegerField(default=0)  # leaves that are committed
    root = models.BinaryField()
    sealed_until = models.DateTimeField()  # all that was committed until then is sealed, signed
    quarantined = models.BigIntegerField(default=0)  # quarantined entries that were answered for
    stopped = models.CharField(max_length=16, choices=Stop, default="", blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "audit_state"
        verbose_name = "state of sealing 封存状态"
        verbose_name_plural = "state of sealing 封存状态"
        constraints = [
            models.CheckConstraint(name="audit_state_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="audit_state_stop_known",
                condition=models.Q(stopped__in=["", "refused", "quarantine"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class AuditCheckpoint(models.Model):
    """A signed note about the tree at one size."""

    pk = models.CompositePrimaryKey("epoch", "size")
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    note = models.BinaryField()  # C2SP signed note, its exact bytes
    signed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)  # set once, after it was published

    class Meta:
        db_table = "audit_checkpoint"
        verbose_name = "checkpoint 检查点"
        verbose_name_plural = "checkpoints 检查点"

    def __str__(self) -> str:
        return f"checkpoint {self.epoch}-{self.size}"


class AuditQuarantine(models.Model):
    """An entry that waited to be sealed and was not written by this deployment."""

    entry_id = models.BigIntegerField(primary_key=True)
    reason = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_quarantine"
        verbose_name = "quarantined entry 隔离条目"
        verbose_name_plural = "quarantined entries 隔离条目"

    def __str__(self) -> str:
        return f"entry {self.entry_id}: {self.reason}"


class AuditAnchor(models.Model):
    """A copy or a countersignature of a checkpoint that somebody else holds."""

    class Kind(models.TextChoices):
        """Who holds it."""

        FILE = "file", "文件投递 / file drop"
        MAIL = "mail", "邮件 / mail"
        TSA = "tsa", "可信时间戳 / trusted timestamp"
        WITNESS = "witness", "见证人 / witness"
        OBJECT_LOCK = "object_lock", "锁定对象存储 / locked object store"

    id = models.BigAutoField(primary_key=True)
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    status = models.CharField(max_length=16)
    reference = models.CharField(max_length=400, blank=True, default="")
    token = models.BinaryField(null=True, blank=True)

    class Meta:
        db_table = "audit_anchor"
        verbose_name = "anchor 锚定"
        verbose_name_plural = "anchors 锚定"
        indexes = [models.Index(fields=["kind", "at"], name="audit_anchor_kind_at")]
        constraints = [
            models.CheckConstraint(
                name="audit_anchor_kind_known",
                condition=models.Q(kind__in=["file", "mail", "tsa", "witness", "object_lock"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of checkpoint {self.epoch}-{self.size}"


class AuditKey(models.Model):
    """A key that sealing uses, and for which part of the tree."""

    class Kind(models.TextChoices):
        """What it is for."""

        LOG = "log", "日志签名 / signs the log"
        MAC = "mac", "条目校验 / writes entries"
        WITNESS = "witness", "见证 / cosigns"

    kid = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=16, choices=Kind)
    public = models.TextField(blank=True, default="")  # of `log` and `witness`: the verifier key
    from_size = models.BigIntegerField()
    to_size = models.BigIntegerField(null=True, blank=True)  # None: still in use

    class Meta:
        db_table = "audit_key"
        verbose_name = "audit key 审计密钥"
        verbose_name_plural = "audit keys 审计密钥"
        constraints = [
            models.CheckConstraint(
                name="audit_key_kind_known", condition=models.Q(kind__in=["log", "mac", "witness"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.kid}"
