"""Make the tables that sealing fills: what it writes stays as it was written."""

from django.db import migrations, models

# Leaves and checkpoints stay as they were written; of a checkpoint it may be noted, once, that it
# was published. Tiles grow and are never taken away. As in 0002, the guards hold ALWAYS.
GUARDS = """
CREATE TRIGGER audit_leaf_deny BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER audit_leaf_deny;

CREATE TRIGGER audit_checkpoint_deny BEFORE DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_deny;
CREATE TRIGGER audit_checkpoint_keep BEFORE UPDATE ON audit_checkpoint
    FOR EACH ROW WHEN (
        OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
        OR (OLD.epoch, OLD.size, OLD.note, OLD.signed_at)
            IS DISTINCT FROM (NEW.epoch, NEW.size, NEW.note, NEW.signed_at)
    ) EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_keep;

CREATE TRIGGER audit_quarantine_deny BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_quarantine
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_quarantine ENABLE ALWAYS TRIGGER audit_quarantine_deny;

CREATE TRIGGER audit_tile_deny BEFORE DELETE OR TRUNCATE ON audit_tile
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER audit_tile_deny;

CREATE TRIGGER audit_state_deny BEFORE DELETE OR TRUNCATE ON audit_state
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_state ENABLE ALWAYS TRIGGER audit_state_deny;
"""

# A tile is read whole and hardly compresses; it is written again while it fills.
TILES = """
ALTER TABLE audit_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE audit_tile SET (fillfactor = 50);
"""

# The root of a tree without leaves is SHA-256 of nothing.
STATE = """
INSERT INTO audit_state
    (id, epoch, origin, size, root, sealed_until, quarantined, stopped, stopped_at)
VALUES (1, 1, '', 0, sha256(''), clock_timestamp(), 0, '', NULL);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_partitions'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditCheckpoint',
            fields=[
                ('pk', models.CompositePrimaryKey('epoch', 'size', blank=True, editable=False, primary_key=True, serialize=False)),
                ('epoch', models.IntegerField()),
                ('size', models.BigIntegerField()),
                ('note', models.BinaryField()),
                ('signed_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'checkpoint 检查点',
                'verbose_name_plural': 'checkpoints 检查点',
                'db_table': 'audit_checkpoint',
            },
        ),
        migrations.CreateModel(
            name='AuditLeaf',
            fields=[
                ('leaf_index', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.BigIntegerField(unique=True)),
                ('leaf_hash', models.BinaryField()),
            ],
            options={
                'verbose_name': 'leaf of the audit tree 审计树叶',
                'verbose_name_plural': 'leaves of the audit tree 审计树叶',
                'db_table': 'audit_leaf',
            },
        ),
        migrations.CreateModel(
            name='AuditQuarantine',
            fields=[
                ('entry_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'quarantined entry 隔离条目',
                'verbose_name_plural': 'quarantined entries 隔离条目',
                'db_table': 'audit_quarantine',
            },
        ),
        migrations.CreateModel(
            name='AuditTile',
            fields=[
                ('pk', models.CompositePrimaryKey('level', 'idx', blank=True, editable=False, primary_key=True, serialize=False)),
                ('level', models.SmallIntegerField()),
                ('idx', models.BigIntegerField()),
                ('hashes', models.BinaryField()),
            ],
            options={
                'verbose_name': 'tile of the audit tree 审计树块',
                'verbose_name_plural': 'tiles of the audit tree 审计树块',
                'db_table': 'audit_tile',
            },
        ),
        migrations.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('epoch', models.IntegerField()),
                ('size', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('file', '文件投递 / file drop'), ('mail', '邮件 / mail'), ('tsa', '可信时间戳 / trusted timestamp'), ('witness', '见证人 / witness'), ('object_lock', '锁定对象存储 / locked object store')], max_length=16)),
                ('at', models.DateTimeField()),
                ('status', models.CharField(max_length=16)),
                ('reference', models.CharField(blank=True, default='', max_length=400)),
                ('token', models.BinaryField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'anchor 锚定',
                'verbose_name_plural': 'anchors 锚定',
                'db_table': 'audit_anchor',
                'indexes': [models.Index(fields=['kind', 'at'], name='audit_anchor_kind_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['file', 'mail', 'tsa', 'witness', 'object_lock'])), name='audit_anchor_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='AuditKey',
            fields=[
                ('kid', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('log', '日志签名 / signs the log'), ('mac', '条目校验 / writes entries'), ('witness', '见证 / cosigns')], max_length=16)),
                ('public', models.TextField(blank=True, default='')),
                ('from_size', models.BigIntegerField()),
                ('to_size', models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'audit key 审计密钥',
                'verbose_name_plural': 'audit keys 审计密钥',
                'db_table': 'audit_key',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['log', 'mac', 'witness'])), name='audit_key_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='AuditState',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('epoch', models.IntegerField(default=1)),
                ('origin', models.CharField(max_length=200)),
                ('size', models.BigIntegerField(default=0)),
                ('root', models.BinaryField()),
                ('sealed_until', models.DateTimeField()),
                ('quarantined', models.BigIntegerField(default=0)),
                ('stopped', models.CharField(blank=True, choices=[('', '未停止 / not stopped'), ('refused', '签名进程拒绝签名 / the signer refused'), ('quarantine', '有条目被隔离 / an entry was quarantined')], default='', max_length=16)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'state of sealing 封存状态',
                'verbose_name_plural': 'state of sealing 封存状态',
                'db_table': 'audit_state',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='audit_state_one_row'), models.CheckConstraint(condition=models.Q(('stopped__in', ['', 'refused', 'quarantine'])), name='audit_state_stop_known')],
            },
        ),
        migrations.RunSQL(GUARDS),
        migrations.RunSQL(TILES),
        migrations.RunSQL(STATE),
    ]
