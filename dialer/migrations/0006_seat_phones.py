"""Where the seats' phones are, what their desks ask of a call, and how soon an agent was heard."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# A registrar is no carrier, a carrier no registrar: an INVITE to a seat's phone needs no permit.
# A trunk's port 0 is whatever its name says. Both sides take the same lock, so that neither can be written while the other is not seen yet.
GUARDS = """
CREATE FUNCTION dialer_two_wires() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(72057594037927936 * 13);
    IF EXISTS (SELECT FROM dialer_seatregistrar r JOIN dialer_trunkendpoint t
               ON lower(rtrim(t.host, '.')) = r.host AND t.port IN (r.port, 0)) THEN
        RAISE EXCEPTION 'A registrar of seats is never where a carrier is.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER two_wires AFTER INSERT OR UPDATE ON dialer_seatregistrar
    FOR EACH STATEMENT EXECUTE FUNCTION dialer_two_wires();
CREATE TRIGGER two_wires AFTER INSERT OR UPDATE ON dialer_trunkendpoint
    FOR EACH STATEMENT EXECUTE FUNCTION dialer_two_wires();
"""
GUARDS_BACK = """
DROP TRIGGER two_wires ON dialer_trunkendpoint;
DROP TRIGGER two_wires ON dialer_seatregistrar;
DROP FUNCTION dialer_two_wires;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0021_roles'),
        ('dialer', '0005_the_lines_own_count'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='seatsession',
            name='phone_up_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='bridged_after_ms',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='agent_after_ms',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='SeatRegistrar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=32, unique=True)),
                ('host', models.CharField(max_length=255)),
                ('port', models.PositiveIntegerField(default=5060)),
                ('local_host', models.CharField(default='127.0.0.1', max_length=64)),
                ('username', models.CharField(blank=True, max_length=64)),
                ('password_sealed', models.BinaryField(default=b'')),
                ('rtp_port_low', models.PositiveIntegerField(default=24000)),
                ('rtp_port_high', models.PositiveIntegerField(default=28000)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('host', django.db.models.functions.text.Lower('host')), models.Q(('host__endswith', '.'), _negated=True)), name='seat_registrar_host_is_small'), models.UniqueConstraint(fields=('host', 'port'), name='seat_registrar_once')],
            },
        ),
        migrations.CreateModel(
            name='SeatPhone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=41)),
                ('registrar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phones', to='dialer.seatregistrar')),
                ('seat', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='phone', to='compliance.seat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('address__regex', '^[a-z][a-z0-9-]{2,40}$'), models.Q(('address__regex', '([0-9][^0-9]*){7}'), _negated=True)), name='seat_phone_is_no_number'), models.UniqueConstraint(fields=('registrar', 'address'), name='seat_phone_once')],
            },
        ),
        migrations.CreateModel(
            name='DeskPress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('hang_up', 'end the call'), ('hold', 'let the callee wait'), ('resume', 'go on talking'), ('digits', 'press keys')], max_length=8)),
                ('digits', models.CharField(blank=True, max_length=20)),
                ('at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presses', to='dialer.attempt')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('taken_at', None)), fields=['at'], name='desk_press_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('what__in', ['hang_up', 'hold', 'resume', 'digits']), ('digits__regex', '^[0-9*#A-D]*$')), name='desk_press_is_on_the_list')],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
