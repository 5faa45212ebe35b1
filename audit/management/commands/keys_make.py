"""Make the keys that this deployment does not have yet."""

from django.core.management.base import BaseCommand, CommandError

from audit.keys import KeyFileError, make_missing


class Command(BaseCommand):
    """Make every missing key; keys that exist stay as they are."""

    help = "生成尚缺的密钥，已有的不变 / Make missing keys; those that exist stay as they are"

    def handle(self, *_args: object, **_options: object) -> None:
        """Say which keys were made."""
        try:
            made = make_missing()
        except (KeyFileError, OSError) as error:
            raise CommandError(str(error)) from error
        names = ", ".join(made) or "无 / none"
        self.stdout.write(f"已生成密钥 / keys made: {names}")
