"""manage.py edge_log: take what the edges have seen over onto the record."""

import json
from typing import Any

import redis
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.numbers import Words
from dialer.edge.log import edges
from dialer.edge.take_over import take_over

NONE = Words(
    "没有边界：请在 EDGE_STORES 中写明 名称=redis://…。",
    "There is no edge: name each in EDGE_STORES as name=redis://….",
)
AWAY = Words("边界 {edge} 的存储不可用：{why}", "The store of the edge {edge} is away: {why}")
TAKEN = Words("边界 {edge}：新记录 {count} 个 INVITE", "Edge {edge}: {count} new INVITE(s)")


class Command(BaseCommand):
    """Read each edge's log; what is on record is trimmed there."""

    help = "接收边界日志 / Take over the edges' logs"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Take over each."""
        if not edges():
            raise CommandError(str(NONE))
        new: dict[str, int] = {}
        for edge, url in edges().items():
            try:
                new[edge] = take_over(edge=edge, url=url, now=clock.read())
            except redis.RedisError as error:
                words = AWAY.filled(edge=edge, why=type(error).__name__)
                raise CommandError(str(words)) from error
            self.stdout.write(str(TAKEN.filled(edge=edge, count=new[edge])))
        if options["json"]:
            self.stdout.write(json.dumps({"new": new}))
