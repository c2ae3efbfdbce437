"""What is told of a rulebook's draft: what changes, until when to comment; and that it was withdrawn (rules 6)."""

from handlers import drafts
from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.words import month_word, tap
from models import rulebooks
from models.notices import Posted
from models.rulebooks import RulebookVersion


def _version(ctx: Context, notice: Posted) -> RulebookVersion:
    return ctx.session.get_one(RulebookVersion, int(notice.facts["version"]))


def _draft(ctx: Context, notice: Posted) -> Told | None:
    draft = _version(ctx, notice)
    if draft.withdrawn_at is not None or draft.effective_from <= ctx.month:
        return None
    book = rulebooks.get(ctx.session, draft.id)
    begins = month_word(draft.effective_from, ctx.now)
    found = drafts.changes_of(ctx, draft)
    lines = [f"{book.name}有新版草案，{begins}起用", drafts.summary(found) if found is not None else "这是第一版"]
    if drafts.is_open(ctx, draft):
        lines.append(f"{drafts.until(draft)}24点前可以提意见，例如：{drafts.COMMENT}")
        short = f"细则草案，{drafts.until(draft)}前可提意见"
    else:
        short = f"新版细则{begins}起用"
    return told("\n".join([*lines, tap("看草案", "细则 草案")]), short=short)


def _withdrawn(ctx: Context, notice: Posted) -> Told:
    version = _version(ctx, notice)
    book = rulebooks.get(ctx.session, version.id)
    return told(
        f"{book.name}第{version.version}版草案已撤回，不再起用\n现行的细则不变 {tap('细则')}",
        short=f"细则第{version.version}版草案已撤回",
    )


KINDS = (
    Kind("rulebook_draft", "细则征求意见", _draft),
    Kind("rulebook_withdrawn", "细则草案已撤回", _withdrawn),
)
