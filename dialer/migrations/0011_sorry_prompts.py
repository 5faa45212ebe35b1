"""What is said to a callee who hears no agent is a file of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dialer', '0010_prompts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='prompt',
            name='part',
            field=models.CharField(choices=[('notice', '通知 the whole notice'), ('nobody', '无人接听 nobody can be put on'), ('sorry', '致歉 who called, and how to refuse, where no agent is heard in time')], max_length=8),
        ),
    ]
