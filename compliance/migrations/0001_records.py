
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Epoch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sole', models.BooleanField(default=True, editable=False, unique=True)),
                ('value', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='KillSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('platform', 'everything'), ('principal', 'one principal'), ('industry', 'one industry')], max_length=16)),
                ('target', models.CharField(blank=True, max_length=64)),
                ('reason', models.CharField(max_length=256)),
                ('engaged_by', models.CharField(max_length=64)),
                ('engaged_at', models.DateTimeField()),
                ('released_by', models.CharField(blank=True, max_length=64)),
                ('released_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Principal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128, unique=True)),
                ('industry', models.CharField(choices=[('finance_loan', 'loans'), ('finance_wealth', 'wealth management'), ('card', 'credit cards'), ('securities', 'securities and funds'), ('insurance', 'insurance'), ('realestate', 'real estate'), ('medical', 'medical'), ('healthfood', 'health food'), ('hr', 'human resources'), ('tourism', 'tourism'), ('education', 'education'), ('collection', 'debt collection'), ('telecom', 'telecom products'), ('retail', 'retail'), ('other', 'other')], max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name='Trunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('kind', models.CharField(choices=[('carrier', 'carrier'), ('loopback', 'loopback carrier')], max_length=8)),
                ('carrier', models.CharField(max_length=64)),
                ('contract_number', models.CharField(max_length=64)),
                ('user_entity', models.CharField(max_length=128)),
                ('access_location', models.CharField(max_length=128)),
                ('permitted_purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2), size=None)),
                ('sub_leased', models.BooleanField()),
                ('reviewed_on', models.DateField()),
                ('max_calls', models.PositiveIntegerField()),
                ('active', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('role', models.CharField(choices=[('administrator', 'administrator 管理员'), ('compliance', 'compliance officer 合规专员'), ('supervisor', 'supervisor 班组长'), ('agent', 'agent 话务员'), ('regulator', 'regulator (read only) 监管人员（只读）')], max_length=16)),
                ('real_name', models.CharField(max_length=64)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='DemoClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sole', models.BooleanField(default=True, editable=False, unique=True)),
                ('base_at', models.DateTimeField()),
                ('started_at', models.DateTimeField()),
                ('running', models.BooleanField()),
                ('set_by', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('sole', True)), name='democlock_is_one')],
            },
        ),
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('legal_name', models.CharField(max_length=128)),
                ('credit_code', models.CharField(max_length=18)),
                ('regime', models.CharField(choices=[('b24_operator', 'licensed call centre (B24)'), ('self_use', 'a business calling its own customers'), ('carrier_agent', "carrier's agent")], max_length=16)),
                ('sole', models.BooleanField(default=True, editable=False, unique=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('sole', True)), name='operator_is_one')],
            },
        ),
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('number', models.CharField(max_length=64)),
                ('holder_name', models.CharField(max_length=128)),
                ('area', models.CharField(max_length=64)),
                ('valid_from', models.DateField()),
                ('expires_on', models.DateField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('verified_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='compliance.operator')),
            ],
        ),
        migrations.CreateModel(
            name='CallerNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=16, unique=True)),
                ('number_class', models.CharField(max_length=16)),
                ('callout_opened', models.BooleanField()),
                ('valid_from', models.DateField()),
                ('certificate_until', models.DateField()),
                ('commitment_sha256', models.CharField(max_length=64)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='compliance.operator')),
                ('trunks', models.ManyToManyField(related_name='caller_numbers', to='compliance.trunk')),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number_index', models.BinaryField(unique=True)),
                ('number_sealed', models.BinaryField()),
                ('masked', models.CharField(max_length=24)),
                ('number_class', models.CharField(max_length=16)),
                ('provinces', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('places_version', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('provinces__len__gt', 0)), name='person_may_be_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('consent', "the person's consent"), ('contract', 'a contract with the person'), ('legal_duty', 'a legal duty'), ('debt_contract', 'a debt contract')], max_length=16)),
                ('channel', models.CharField(default='voice', max_length=8)),
                ('explicit', models.BooleanField()),
                ('text_shown_sha256', models.CharField(max_length=64)),
                ('method', models.CharField(max_length=64)),
                ('evidence_sha256', models.CharField(max_length=64)),
                ('ai_allowed', models.BooleanField()),
                ('given_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='compliance.person')),
            ],
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract_number', models.CharField(max_length=64)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='compliance.principal')),
            ],
        ),
        migrations.CreateModel(
            name='ContactList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128)),
                ('source', models.CharField(choices=[('own_customers', "the principal's own customers"), ('own_form', "the principal's own web or app form"), ('inbound_call', 'inbound calls'), ('event', 'event sign-up with notice'), ('principal', 'provided by the principal under its mandate')], max_length=16)),
                ('collected_by', models.CharField(max_length=128)),
                ('notice_text', models.TextField()),
                ('declared_at', models.DateTimeField()),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lists', to='compliance.principal')),
            ],
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('industry', models.CharField(blank=True, choices=[('finance_loan', 'loans'), ('finance_wealth', 'wealth management'), ('card', 'credit cards'), ('securities', 'securities and funds'), ('insurance', 'insurance'), ('realestate', 'real estate'), ('medical', 'medical'), ('healthfood', 'health food'), ('hr', 'human resources'), ('tourism', 'tourism'), ('education', 'education'), ('collection', 'debt collection'), ('telecom', 'telecom products'), ('retail', 'retail'), ('other', 'other')], max_length=16)),
                ('everywhere', models.BooleanField()),
                ('purpose', models.CharField(blank=True, choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2)),
                ('source', models.CharField(choices=[('key_9', 'key 9 during a call'), ('agent', 'said to the agent'), ('speech', 'heard by the machine'), ('web', 'public page'), ('letter', 'letter'), ('sms', 'text message'), ('complaint', 'complaint'), ('carrier', "carrier's do-not-disturb"), ('import', 'imported list')], max_length=16)),
                ('evidence', models.CharField(max_length=128)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='compliance.person')),
                ('principal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='compliance.principal')),
            ],
        ),
        migrations.CreateModel(
            name='ScriptVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=128)),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('offers', models.BooleanField()),
                ('approved_at', models.DateTimeField()),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CampaignFiling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=128)),
                ('purpose', models.CharField(choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2)),
                ('industry', models.CharField(choices=[('finance_loan', 'loans'), ('finance_wealth', 'wealth management'), ('card', 'credit cards'), ('securities', 'securities and funds'), ('insurance', 'insurance'), ('realestate', 'real estate'), ('medical', 'medical'), ('healthfood', 'health food'), ('hr', 'human resources'), ('tourism', 'tourism'), ('education', 'education'), ('collection', 'debt collection'), ('telecom', 'telecom products'), ('retail', 'retail'), ('other', 'other')], max_length=16)),
                ('audience', models.TextField()),
                ('content', models.TextField()),
                ('contact', models.CharField(max_length=128)),
                ('registered_at', models.DateTimeField()),
                ('activated_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('draft', 'registered, waiting for activation'), ('active', 'active'), ('paused', 'paused'), ('closed', 'closed')], default='draft', max_length=8)),
                ('approver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('caller_number', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.callernumber')),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='compliance.principal')),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.scriptversion')),
                ('trunk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='compliance.trunk')),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('outlet', models.CharField(max_length=64)),
                ('active', models.BooleanField(default=True)),
                ('agent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seat', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('permit', 'permit asked for'), ('question', 'question only')], max_length=8)),
                ('origin', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('verdict', models.CharField(choices=[('allow', 'allowed'), ('defer', 'deferred'), ('refuse', 'refused')], max_length=8)),
                ('retry_at', models.DateTimeField(null=True)),
                ('answers', models.TextField()),
                ('findings', models.JSONField()),
                ('objecting_rules', models.JSONField()),
                ('facts', models.BinaryField()),
                ('facts_digest', models.BinaryField()),
                ('book_digest', models.CharField(max_length=64)),
                ('filing', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='compliance.campaignfiling')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='compliance.person')),
                ('seat', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='compliance.seat')),
            ],
        ),
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('epoch', models.BigIntegerField()),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('signature', models.BinaryField()),
                ('state', models.CharField(choices=[('issued', 'issued'), ('redeemed', 'call placed'), ('closed', 'call ended'), ('expired', 'expired unused'), ('void', 'voided before use')], default='issued', max_length=8)),
                ('redeemed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.CharField(blank=True, max_length=16)),
                ('talk_seconds', models.PositiveIntegerField(null=True)),
                ('void_reason', models.CharField(blank=True, max_length=64)),
                ('caller_number', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.callernumber')),
                ('consent', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='compliance.consent')),
                ('decision', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='permit', to='compliance.decision')),
                ('filing', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='compliance.campaignfiling')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='compliance.person')),
                ('seat', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='compliance.seat')),
                ('trunk', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='compliance.trunk')),
            ],
        ),
        migrations.CreateModel(
            name='Whitelist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2)),
                ('version', models.PositiveIntegerField(default=0)),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='whitelists', to='compliance.principal')),
            ],
        ),
        migrations.AddField(
            model_name='consent',
            name='whitelist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='compliance.whitelist'),
        ),
        migrations.AddField(
            model_name='campaignfiling',
            name='whitelist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='compliance.whitelist'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['administrator', 'compliance', 'supervisor', 'agent', 'regulator'])), name='user_role_known'),
        ),
        migrations.AddConstraint(
            model_name='licence',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__gte', models.F('valid_from'))), name='licence_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='refusal',
            index=models.Index(fields=['person'], name='compliance__person__b34cfb_idx'),
        ),
        migrations.AddConstraint(
            model_name='refusal',
            constraint=models.CheckConstraint(condition=models.Q(('everywhere', True), models.Q(('principal__isnull', False), models.Q(('industry', ''), _negated=True)), _connector='OR'), name='refusal_has_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='scriptversion',
            constraint=models.UniqueConstraint(fields=('title', 'version'), name='script_version_once'),
        ),
        migrations.AddConstraint(
            model_name='scriptversion',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='script_needs_two_people'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['at'], name='compliance__at_8b2baa_idx'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['person', 'at'], name='compliance__person__8411d9_idx'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['filing', 'at'], name='compliance__filing__6cf754_idx'),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(fields=['person', 'issued_at'], name='compliance__person__e253ad_idx'),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(fields=['seat', 'issued_at'], name='compliance__seat_id_868e5c_idx'),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(fields=['caller_number', 'issued_at'], name='compliance__caller__4848eb_idx'),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('state__in', ['issued', 'redeemed'])), fields=['trunk'], name='permit_open_on_trunk'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['issued', 'redeemed'])), fields=('person',), name='permit_one_open_per_person'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['issued', 'redeemed'])), fields=('seat',), name='permit_one_open_per_seat'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('issued_at'), '+', models.Value('10 seconds', output_field=models.DurationField())))), name='permit_lives_ten_seconds_at_most'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('redeemed_at', None), ('state__in', ['issued', 'expired', 'void'])), models.Q(('redeemed_at__isnull', False), ('state__in', ['redeemed', 'closed'])), _connector='OR'), name='permit_redeemed_has_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='whitelist',
            constraint=models.UniqueConstraint(fields=('principal', 'purpose'), name='whitelist_once_per_purpose'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('evidence_sha256__regex', '^[0-9a-f]{64}$'), ('explicit', True), ('text_shown_sha256__regex', '^[0-9a-f]{64}$'), models.Q(('method', ''), _negated=True)), name='consent_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(fields=('person', 'whitelist', 'evidence_sha256', 'given_at'), name='consent_once'),
        ),
        migrations.AddConstraint(
            model_name='campaignfiling',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('activated_at__isnull', False), ('approver__isnull', False), models.Q(('approver', models.F('author')), _negated=True)), _connector='OR'), name='filing_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='campaignfiling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('audience', ''), _negated=True), models.Q(('content', ''), _negated=True), models.Q(('contact', ''), _negated=True)), name='filing_elements_complete'),
        ),
    ]
