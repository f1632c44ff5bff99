"""``manage.py check_posts``: hold articles against the rules that the editor and the release use."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blog.checks import Finding, Known, Severity
from blog.models import Post, Publication, Revision
from blog.publishing import findings_for_release

WORDS = {
    Severity.MUST_FIX: "must fix",
    Severity.NEEDS_REASON: "needs a reason",
    Severity.WORTH_A_LOOK: "worth a look",
}
AT_ONCE = 100


class Command(BaseCommand):
    """Say what the checks find, one line a finding; status 1 where a live article has something that stops."""

    help = (
        "Hold articles against the checks: what is live and scheduled, and with --all the newest drafts too. One line "
        "a finding. Changes nothing. Ends with status 1 where something that stops stands in a live article."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which articles, and which findings."""
        parser.add_argument("posts", nargs="*", type=int, metavar="post", help="numbers of posts; all where none is")
        parser.add_argument("--all", action="store_true", help="newest drafts too, not only what is live or scheduled")
        parser.add_argument("--stops", action="store_true", help="only what would stop the article from going live")

    def handle(self, *args, **options) -> None:
        """Look at each article and say what is found."""
        now = timezone.now()
        numbers = options["posts"]
        if missing := set(numbers) - set(Post.objects.filter(pk__in=numbers).values_list("pk", flat=True)):
            raise CommandError(f"There is no post {min(missing)}.")
        known = Known.read()
        count, found, live_stops = 0, Counter(), 0
        for standing, article in _articles(numbers, options["all"] or bool(numbers), now):
            count += 1
            for finding in findings_for_release(article, now=now, goes_live=_moment(article, now), known=known):
                if options["stops"] and not finding.stops:
                    continue
                found[finding.severity] += 1
                live_stops += finding.stops and standing == "live"
                self.stdout.write(_line(standing, article, finding))
        self.stdout.write(_summary(count, found))
        if live_stops:
            stand = "1 thing stands" if live_stops == 1 else f"{live_stops} things stand"
            raise CommandError(f"{stand} in live articles that would stop them today. They stay live until you act.")


def _articles(numbers: list[int], drafts: bool, now: datetime) -> Iterator[tuple[str, Publication | Revision]]:
    """What readers see or will see, by post; then the newest drafts that are neither."""
    shown = (
        Publication.objects.filter(live_until__gt=now).select_related("author", "post").order_by("post_id", "live_from")
    )
    shown = shown.filter(post__in=numbers) if numbers else shown
    for publication in shown.iterator(chunk_size=AT_ONCE):
        yield "scheduled" if publication.live_from > now else "live", publication
    if not drafts:
        return
    posts = Post.objects.not_in_trash().with_staff_word(now).order_by("pk")
    posts = posts.filter(pk__in=numbers) if numbers else posts
    keys = list(posts.exclude(newest_revision_id=None).values_list("newest_revision_id", flat=True))
    released = set(Publication.objects.filter(live_until__gt=now).values_list("revision_id", flat=True))
    waiting = [key for key in keys if key not in released]
    for start in range(0, len(waiting), AT_ONCE):
        some = Revision.objects.filter(pk__in=waiting[start : start + AT_ONCE]).select_related("author", "post")
        yield from (("draft", revision) for revision in some.order_by("post_id"))


def _moment(article: Publication | Revision, now: datetime) -> datetime:
    return max(article.live_from, now) if isinstance(article, Publication) else now


def _line(standing: str, article: Publication | Revision, finding: Finding) -> str:
    word = WORDS[finding.severity]
    if finding.reason:
        word = "has a reason"
    return f"{article.post_id} {standing} “{article.title}”: {word} ({finding.rule}): {finding.message}"


def _summary(count: int, found: Counter) -> str:
    looked = "1 text looked at" if count == 1 else f"{count} texts looked at"
    return f"{looked}: {', '.join(f'{found[severity]} {word}' for severity, word in WORDS.items())}."
