"""Initial tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.migrations.dialects import on

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=1024), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_access_tokens")),
    )
    op.create_table(
        "alerts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "cause", name=op.f("pk_alerts")),
    )
    op.create_table(
        "binding_tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_tries")),
        sa.UniqueConstraint("who", name=op.f("uq_binding_tries_who")),
    )
    op.create_table(
        "clock_offsets",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_offsets_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_offsets")),
    )
    op.create_table(
        "delivery_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("fault", sa.String(length=20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "channel", "fault", name=op.f("pk_delivery_counts")),
    )
    op.create_table(
        "dialogs",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("question", sa.JSON(), nullable=True),
        sa.Column("question_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed", sa.JSON(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rest", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("openid", name=op.f("pk_dialogs")),
    )
    op.create_table(
        "fates",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_fates")),
    )
    op.create_index(op.f("ix_fates_at"), "fates", ["at"], unique=False)
    op.create_table(
        "followers",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unfollowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_opened", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_left", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("openid", name=op.f("pk_followers")),
    )
    op.create_index(
        "ix_followers_gone",
        "followers",
        ["unfollowed_at"],
        unique=False,
        sqlite_where=sa.text("unfollowed_at IS NOT NULL"),
        postgresql_where=sa.text("unfollowed_at IS NOT NULL"),
    )
    op.create_table(
        "grants",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("openid", "template_id", name=op.f("pk_grants")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("nature", sa.String(length=9), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("duties_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('party_committee', 'leading_group', 'general_branch', 'branch', 'group')",
            name=op.f("ck_organizations_organization_kind"),
        ),
        sa.CheckConstraint("nature IN ('standing', 'temporary', 'retired')", name=op.f("ck_organizations_nature")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organizations.id"], name=op.f("fk_organizations_parent_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_organizations_parent_id_name")),
    )
    op.create_index(op.f("ix_organizations_duties_seen_at"), "organizations", ["duties_seen_at"], unique=False)
    op.create_index("ix_organizations_kind", "organizations", ["kind", "nature"], unique=False)
    op.create_index(op.f("ix_organizations_parent_id"), "organizations", ["parent_id"], unique=False)
    op.create_table(
        "quotas",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_in_minute", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_quotas")),
    )
    op.create_table(
        "receipts",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("command", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_receipts_at"), "receipts", ["at"], unique=False)
    op.create_index(op.f("ix_receipts_openid"), "receipts", ["openid"], unique=False)
    op.create_table(
        "spot_heads",
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seed", name=op.f("pk_spot_heads")),
    )
    op.create_table(
        "books",
        sa.Column(
            "branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_books_branch_id_organizations")),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_books")),
    )
    op.create_table(
        "group_results",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("average", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["organizations.id"], name=op.f("fk_group_results_branch_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["organizations.id"], name=op.f("fk_group_results_group_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_results")),
        sa.UniqueConstraint("branch_id", "month", "group_id", name=op.f("uq_group_results_branch_id_month_group_id")),
    )
    op.create_table(
        "meeting_duties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("often", sa.String(length=11), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("middle", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_call", sa.DateTime(timezone=True), nullable=False),
        sa.Column("urgent_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "often IN ('week', 'month', 'quarter', 'half_year', 'year', 'as_it_comes')",
            name=op.f("ck_meeting_duties_often"),
        ),
        sa.CheckConstraint("state IN ('open', 'met', 'missed', 'released')", name=op.f("ck_meeting_duties_duty_state")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_meeting_duties_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_duties")),
        sa.UniqueConstraint(
            "organization_id", "kind", "period", name=op.f("uq_meeting_duties_organization_id_kind_period")
        ),
    )
    op.create_index("ix_meeting_duties_ends", "meeting_duties", ["state", "ends"], unique=False)
    op.create_index(
        "ix_meeting_duties_last_call",
        "meeting_duties",
        ["state", "last_call"],
        unique=False,
        sqlite_where=sa.text("called_at IS NULL"),
        postgresql_where=sa.text("called_at IS NULL"),
    )
    op.create_index(
        "ix_meeting_duties_middle",
        "meeting_duties",
        ["state", "middle"],
        unique=False,
        sqlite_where=sa.text("reminded_at IS NULL AND called_at IS NULL"),
        postgresql_where=sa.text("reminded_at IS NULL AND called_at IS NULL"),
    )
    op.create_index(
        "ix_meeting_duties_organization", "meeting_duties", ["organization_id", "state", "kind", "last"], unique=False
    )
    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone_last4", sa.String(length=4), nullable=True),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("party_standing", sa.String(length=12), nullable=False),
        sa.Column("leading_cadre", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("category IN ('full', 'probationary')", name=op.f("ck_members_member_category")),
        sa.CheckConstraint(
            "party_standing IN ('normal', 'on_probation', 'suspended')", name=op.f("ck_members_party_standing")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_members_branch_id_organizations")),
        sa.ForeignKeyConstraint(["group_id"], ["organizations.id"], name=op.f("fk_members_group_id_organizations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("staff_no", name=op.f("uq_members_staff_no")),
    )
    op.create_index(op.f("ix_members_branch_id"), "members", ["branch_id"], unique=False)
    op.create_index(
        "ix_members_cadres",
        "members",
        ["id"],
        unique=False,
        sqlite_where=sa.text("left_on IS NULL AND leading_cadre = 1"),
        postgresql_where=sa.text("left_on IS NULL AND leading_cadre"),
    )
    op.create_index(op.f("ix_members_group_id"), "members", ["group_id"], unique=False)
    op.create_index(op.f("ix_members_name"), "members", ["name"], unique=False)
    op.create_table(
        "missed_meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_missed_meetings_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_meetings")),
        sa.UniqueConstraint(
            "organization_id", "kind", "period", name=op.f("uq_missed_meetings_organization_id_kind_period")
        ),
    )
    op.create_index(op.f("ix_missed_meetings_ended_at"), "missed_meetings", ["ended_at"], unique=False)
    op.create_index(
        "ix_missed_meetings_untold",
        "missed_meetings",
        ["id"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "rulebook_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.String(length=7), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consultation_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_rulebook_versions_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_versions")),
        sa.UniqueConstraint("organization_id", "version", name=op.f("uq_rulebook_versions_organization_id_version")),
    )
    op.create_index(
        "ix_rulebook_versions_in_force",
        "rulebook_versions",
        ["organization_id", "effective_from", "version", "withdrawn_at", "digest"],
        unique=False,
    )
    op.create_table(
        "spot_draws",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("population", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["organizations.id"], name=op.f("fk_spot_draws_branch_id_organizations")
        ),
        sa.ForeignKeyConstraint(["seed"], ["spot_heads.seed"], name=op.f("fk_spot_draws_seed_spot_heads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_draws")),
        sa.UniqueConstraint("branch_id", "month", name=op.f("uq_spot_draws_branch_id_month")),
    )
    op.create_index(op.f("ix_spot_draws_remind_at"), "spot_draws", ["remind_at"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office", sa.String(length=25), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "office IN ('group_leader', 'secretary', 'deputy_secretary', 'committee_member', 'organization_commissioner', 'publicity_commissioner', 'discipline_commissioner', 'party_affairs_officer', 'inspector', 'leader_in_charge')",
            name=op.f("ck_appointments_office"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_appointments_member_id_members")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_appointments_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_member_id"), "appointments", ["member_id"], unique=False)
    op.create_index(op.f("ix_appointments_organization_id"), "appointments", ["organization_id"], unique=False)
    op.create_table(
        "binding_codes",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_binding_codes_member_id_members")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_binding_codes")),
    )
    op.create_table(
        "bindings",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month_told", sa.String(length=7), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_bindings_member_id_members")),
        sa.PrimaryKeyConstraint("openid", name=op.f("pk_bindings")),
        sa.UniqueConstraint("member_id", name=op.f("uq_bindings_member_id")),
    )
    op.create_index(op.f("ix_bindings_month_told"), "bindings", ["month_told"], unique=False)
    op.create_table(
        "check_in_tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_check_in_tries_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_tries")),
    )
    op.create_index("ix_check_in_tries_member", "check_in_tries", ["member_id", "at"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rulebook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("credited", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("submitted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("moved_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("temporary_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "status IN ('submitted', 'returned', 'approved', 'rejected', 'withdrawn', 'lapsed')",
            name=op.f("ck_claims_claim_status"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_claims_branch_id_organizations")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_claims_decided_by_id_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_claims_member_id_members")),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_versions.id"], name=op.f("fk_claims_rulebook_id_rulebook_versions")
        ),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["members.id"], name=op.f("fk_claims_submitted_by_id_members")),
        sa.ForeignKeyConstraint(
            ["temporary_group_id"], ["organizations.id"], name=op.f("fk_claims_temporary_group_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(
        "ix_claims_decided",
        "claims",
        ["decided_at"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NOT NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.create_index("ix_claims_member", "claims", ["member_id", "month"], unique=False)
    op.create_index(
        "ix_claims_undecided",
        "claims",
        ["status", "waiting_since"],
        unique=False,
        sqlite_where=sa.text("status IN ('submitted', 'returned')"),
        postgresql_where=sa.text("status IN ('submitted', 'returned')"),
    )
    op.create_index("ix_claims_waiting", "claims", ["branch_id", "status"], unique=False)
    op.create_table(
        "commendations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["organizations.id"], name=op.f("fk_commendations_branch_id_organizations")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_commendations_by_id_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_commendations_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendations")),
        sa.UniqueConstraint("key", name=op.f("uq_commendations_key")),
    )
    op.create_index(op.f("ix_commendations_branch_id"), "commendations", ["branch_id"], unique=False)
    op.create_index(op.f("ix_commendations_member_id"), "commendations", ["member_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booked_month", sa.String(length=7), nullable=False),
        sa.Column("about_month", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("item_code", sa.String(length=20), nullable=True),
        sa.Column("rulebook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "source IN ('claim', 'branch', 'report', 'attendance', 'exam', 'learning', 'appeal', 'spot_check', 'opening', 'zeroing', 'reversal')",
            name=op.f("ck_entries_source"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_entries_branch_id_organizations")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_entries_decided_by_id_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_entries_member_id_members")),
        sa.ForeignKeyConstraint(["reverses_id"], ["entries.id"], name=op.f("fk_entries_reverses_id_entries")),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_versions.id"], name=op.f("fk_entries_rulebook_id_rulebook_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("branch_id", "sequence", name=op.f("uq_entries_branch_id_sequence")),
        sa.UniqueConstraint("cause", name=op.f("uq_entries_cause")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entries_reverses_id")),
    )
    op.create_index("ix_entries_member", "entries", ["member_id", "about_month", "item_code", "points"], unique=False)
    op.create_index(
        "ix_entries_standings", "entries", ["branch_id", "about_month", "member_id", "points", "source"], unique=False
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_exports_branch_id_organizations")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_exports_by_id_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_exports_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_branch_id"), "exports", ["branch_id"], unique=False)
    op.create_index(op.f("ix_exports_member_id"), "exports", ["member_id"], unique=False)
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=17), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("object_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("named_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection", sa.String(length=400), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("measures", sa.String(length=400), nullable=False),
        sa.Column("measures_until", sa.Date(), nullable=True),
        sa.Column("rechecked_month", sa.String(length=7), nullable=True),
        sa.Column("rechecked_score", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('accepted', 'disputed')", name=op.f("ck_follow_ups_answer")),
        sa.CheckConstraint(
            "kind IN ('talk', 'appointed_talk', 'evaluation', 'zeroing_leader', 'zeroing_secretary')",
            name=op.f("ck_follow_ups_follow_up_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'recorded', 'done', 'resting', 'met', 'missed', 'closed')",
            name=op.f("ck_follow_ups_follow_up_status"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["organizations.id"], name=op.f("fk_follow_ups_branch_id_organizations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_follow_ups_member_id_members")),
        sa.ForeignKeyConstraint(["named_id"], ["members.id"], name=op.f("fk_follow_ups_named_id_members")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["members.id"], name=op.f("fk_follow_ups_recorded_by_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("member_id", "month", "kind", name=op.f("uq_follow_ups_member_id_month_kind")),
    )
    op.create_index("ix_follow_ups_branch", "follow_ups", ["branch_id", "status"], unique=False)
    op.create_index("ix_follow_ups_due", "follow_ups", ["status", "remind_at"], unique=False)
    op.create_table(
        "group_memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_group_memberships_member_id_members")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_group_memberships_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_memberships")),
        sa.UniqueConstraint(
            "organization_id", "member_id", name=op.f("uq_group_memberships_organization_id_member_id")
        ),
    )
    op.create_index(op.f("ix_group_memberships_ends_on"), "group_memberships", ["ends_on"], unique=False)
    op.create_index(op.f("ix_group_memberships_member_id"), "group_memberships", ["member_id"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organizer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("agenda", sa.String(length=400), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cancel_reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "state IN ('announced', 'open', 'closed', 'filed', 'cancelled')", name=op.f("ck_meetings_meeting_state")
        ),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["members.id"], name=op.f("fk_meetings_cancelled_by_id_members")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_meetings_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["members.id"], name=op.f("fk_meetings_organizer_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("screen", name=op.f("uq_meetings_screen")),
    )
    op.create_index("ix_meetings_due", "meetings", ["state", "closes_at"], unique=False)
    op.create_index(op.f("ix_meetings_organization_id"), "meetings", ["organization_id"], unique=False)
    op.create_index(op.f("ix_meetings_organizer_id"), "meetings", ["organizer_id"], unique=False)
    op.create_table(
        "moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_branch_id"], ["organizations.id"], name=op.f("fk_moves_from_branch_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["from_group_id"], ["organizations.id"], name=op.f("fk_moves_from_group_id_organizations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_moves_member_id_members")),
        sa.ForeignKeyConstraint(
            ["to_branch_id"], ["organizations.id"], name=op.f("fk_moves_to_branch_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(op.f("ix_moves_from_branch_id"), "moves", ["from_branch_id"], unique=False)
    op.create_index(op.f("ix_moves_member_id"), "moves", ["member_id"], unique=False)
    op.create_index(op.f("ix_moves_to_branch_id"), "moves", ["to_branch_id"], unique=False)
    op.create_table(
        "not_scored",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=7), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("until_month", sa.String(length=7), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('离退休', '年老体弱', '长期病休', '外出六个月以上', '转入转出当月', '停止党籍', '其他')",
            name=op.f("ck_not_scored_not_scored_reason"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_not_scored_decided_by_id_members")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["members.id"], name=op.f("fk_not_scored_ended_by_id_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_not_scored_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_scored")),
    )
    op.create_index(op.f("ix_not_scored_member_id"), "not_scored", ["member_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("message_id", sa.String(length=40), nullable=True),
        sa.Column("maybe_received", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'taken', 'sending', 'sent', 'delivered', 'failed', 'inbox', 'seen', 'lapsed')",
            name=op.f("ck_notices_notice_status"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_notices_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    op.create_index("ix_notices_due", "notices", ["status", "urgency", "next_try", "id"], unique=False)
    op.create_index(op.f("ix_notices_message_id"), "notices", ["message_id"], unique=False)
    op.create_index(
        "ix_notices_open",
        "notices",
        ["member_id", "kind"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(op.f("ix_notices_openid"), "notices", ["openid"], unique=False)
    op.create_index("ix_notices_recipient", "notices", ["member_id", "status"], unique=False)
    op.create_index(op.f("ix_notices_subject"), "notices", ["subject"], unique=False)
    op.create_table(
        "quarters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'confirmed')", name=op.f("ck_quarters_quarter_state")),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_quarters_branch_id_organizations")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["members.id"], name=op.f("fk_quarters_confirmed_by_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarters")),
        sa.UniqueConstraint("branch_id", "first", name=op.f("uq_quarters_branch_id_first")),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rulebook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_code", sa.String(length=20), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("credited", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('claim', 'branch', 'report', 'attendance', 'exam', 'learning', 'appeal', 'spot_check', 'opening', 'zeroing', 'reversal')",
            name=op.f("ck_records_source"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_records_branch_id_organizations")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_records_by_id_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_records_member_id_members")),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_versions.id"], name=op.f("fk_records_rulebook_id_rulebook_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
    )
    op.create_index("ix_records_member", "records", ["member_id", "month"], unique=False)
    op.create_table(
        "relays",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_relays_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["members.id"], name=op.f("fk_relays_sent_by_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relays")),
    )
    op.create_index(op.f("ix_relays_sent_by_id"), "relays", ["sent_by_id"], unique=False)
    op.create_table(
        "results",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("plus", sa.Integer(), nullable=False),
        sa.Column("minus", sa.Integer(), nullable=False),
        sa.Column("zeroed", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("not_scored", sa.String(length=7), nullable=True),
        sa.CheckConstraint(
            "not_scored IN ('离退休', '年老体弱', '长期病休', '外出六个月以上', '转入转出当月', '停止党籍', '其他')",
            name=op.f("ck_results_not_scored_reason"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_results_branch_id_organizations")),
        sa.ForeignKeyConstraint(["group_id"], ["organizations.id"], name=op.f("fk_results_group_id_organizations")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_results_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("branch_id", "month", "member_id", name=op.f("uq_results_branch_id_month_member_id")),
    )
    op.create_index("ix_results_member", "results", ["member_id", "month"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claims_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("moved_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.Column("submitted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meeting", sa.Integer(), nullable=True),
        sa.Column("head", sa.String(length=90), nullable=False),
        sa.Column("disclosure_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sequence", sa.Integer(), nullable=True),
        sa.Column("rulebook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("state IN ('open', 'review', 'disclosure', 'final')", name=op.f("ck_rounds_round_state")),
        sa.ForeignKeyConstraint(["branch_id"], ["organizations.id"], name=op.f("fk_rounds_branch_id_organizations")),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_versions.id"], name=op.f("fk_rounds_rulebook_id_rulebook_versions")
        ),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["members.id"], name=op.f("fk_rounds_submitted_by_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("branch_id", "month", name=op.f("uq_rounds_branch_id_month")),
    )
    op.create_index("ix_rounds_state", "rounds", ["state", "month"], unique=False)
    op.create_table(
        "setting_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["members.id"], name=op.f("fk_setting_changes_changed_by_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_setting_changes_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_changes")),
        sa.UniqueConstraint(
            "organization_id", "key", "changed_at", name=op.f("uq_setting_changes_organization_id_key_changed_at")
        ),
    )
    op.create_index(op.f("ix_setting_changes_key"), "setting_changes", ["key"], unique=False)
    op.create_table(
        "temporary_groups",
        sa.Column(
            "organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("founded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_report_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thoughts", sa.String(length=300), nullable=False),
        sa.Column("work", sa.String(length=300), nullable=False),
        sa.Column("reported_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["founded_by_id"], ["members.id"], name=op.f("fk_temporary_groups_founded_by_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_temporary_groups_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["members.id"], name=op.f("fk_temporary_groups_reported_by_id_members")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_temporary_groups")),
    )
    op.create_index(
        "ix_temporary_groups_running",
        "temporary_groups",
        ["organization_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "zero_claims",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_zero_claims_member_id_members")),
        sa.PrimaryKeyConstraint("member_id", "month", name=op.f("pk_zero_claims")),
    )
    op.create_table(
        "claim_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_claim_steps_by_id_members")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_steps_claim_id_claims")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_steps")),
    )
    op.create_index(op.f("ix_claim_steps_claim_id"), "claim_steps", ["claim_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("vote", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("leave_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'coming', 'on_leave', 'present', 'late', 'absent', 'excused', 'not_expected')",
            name=op.f("ck_invitations_attendance"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["organizations.id"], name=op.f("fk_invitations_branch_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"], ["members.id"], name=op.f("fk_invitations_corrected_by_id_members")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["organizations.id"], name=op.f("fk_invitations_group_id_organizations")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_invitations_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_invitations_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f("uq_invitations_meeting_id_member_id")),
    )
    op.create_index("ix_invitations_member", "invitations", ["member_id"], unique=False)
    op.create_table(
        "late_entries",
        sa.Column(
            "entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about_month", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_late_entries_entry_id_entries")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_late_entries_member_id_members")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_late_entries")),
    )
    op.create_table(
        "meeting_kinds",
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_kinds_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("meeting_id", "kind", name=op.f("pk_meeting_kinds")),
    )
    op.create_index("ix_meeting_kinds_period", "meeting_kinds", ["kind", "period"], unique=False)
    op.create_table(
        "meeting_organizations",
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_organizations_meeting_id_meetings")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_meeting_organizations_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "organization_id", name=op.f("pk_meeting_organizations")),
    )
    op.create_index(
        op.f("ix_meeting_organizations_organization_id"), "meeting_organizations", ["organization_id"], unique=False
    )
    op.create_table(
        "meeting_reminders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=8), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_reminders_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_reminders")),
        sa.UniqueConstraint("meeting_id", "moves", "before", name=op.f("uq_meeting_reminders_meeting_id_moves_before")),
    )
    op.create_index(op.f("ix_meeting_reminders_due"), "meeting_reminders", ["due"], unique=False)
    op.create_table(
        "member_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_checks_member_id_members")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_member_checks_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_checks")),
        sa.UniqueConstraint("round_id", "member_id", name=op.f("uq_member_checks_round_id_member_id")),
    )
    op.create_table(
        "minutes",
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("above_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_above_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("host", sa.String(length=40), nullable=False),
        sa.Column("recorder", sa.String(length=40), nullable=False),
        sa.Column("guests", sa.String(length=200), nullable=False),
        sa.Column("topics", sa.String(length=10000), nullable=False),
        sa.Column("relayed", sa.String(length=10000), nullable=False),
        sa.Column("reported", sa.String(length=10000), nullable=False),
        sa.Column("heard", sa.String(length=10000), nullable=False),
        sa.Column("resolutions", sa.String(length=10000), nullable=False),
        sa.ForeignKeyConstraint(["filed_by_id"], ["members.id"], name=op.f("fk_minutes_filed_by_id_members")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_minutes_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_minutes")),
    )
    op.create_index("ix_minutes_due", "minutes", ["filed_at", "remind_at"], unique=False)
    op.create_table(
        "opinions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_level", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("about_member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("follow_up_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rulebook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("text", sa.String(length=700), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("told_above_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remedy", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('appeal', 'objection', 'suggestion', 'report')", name=op.f("ck_opinions_opinion_kind")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'refused', 'upheld', 'dismissed', 'withdrawn')", name=op.f("ck_opinions_opinion_status")
        ),
        sa.ForeignKeyConstraint(["about_member_id"], ["members.id"], name=op.f("fk_opinions_about_member_id_members")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_opinions_claim_id_claims")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_opinions_entry_id_entries")),
        sa.ForeignKeyConstraint(["follow_up_id"], ["follow_ups.id"], name=op.f("fk_opinions_follow_up_id_follow_ups")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_opinions_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_opinions_member_id_members")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_opinions_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_versions.id"], name=op.f("fk_opinions_rulebook_id_rulebook_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    op.create_index(op.f("ix_opinions_about_member_id"), "opinions", ["about_member_id"], unique=False)
    op.create_index(op.f("ix_opinions_claim_id"), "opinions", ["claim_id"], unique=False)
    op.create_index("ix_opinions_due", "opinions", ["status", "due_at"], unique=False)
    op.create_index(op.f("ix_opinions_entry_id"), "opinions", ["entry_id"], unique=False)
    op.create_index(op.f("ix_opinions_follow_up_id"), "opinions", ["follow_up_id"], unique=False)
    op.create_index(op.f("ix_opinions_meeting_id"), "opinions", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_opinions_member_id"), "opinions", ["member_id"], unique=False)
    op.create_index("ix_opinions_month", "opinions", ["organization_id", "month", "status"], unique=False)
    op.create_index(op.f("ix_opinions_openid"), "opinions", ["openid"], unique=False)
    op.create_index(op.f("ix_opinions_rulebook_id"), "opinions", ["rulebook_id"], unique=False)
    op.create_table(
        "pictures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("media_id", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=6), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=200), nullable=True),
        sa.Column("sealed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("status IN ('wanted', 'stored', 'lost', 'sealed')", name=op.f("ck_pictures_picture_status")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_pictures_claim_id_claims")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_pictures_member_id_members")),
        sa.ForeignKeyConstraint(["sealed_by_id"], ["members.id"], name=op.f("fk_pictures_sealed_by_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_claim_id"), "pictures", ["claim_id"], unique=False)
    op.create_index("ix_pictures_due", "pictures", ["status", "next_try"], unique=False)
    op.create_index(op.f("ix_pictures_member_id"), "pictures", ["member_id"], unique=False)
    op.create_table(
        "quarter_honours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quarter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("honour", sa.String(length=7), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("average", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.CheckConstraint("honour IN ('banner', 'pioneer')", name=op.f("ck_quarter_honours_honour")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["organizations.id"], name=op.f("fk_quarter_honours_group_id_organizations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_quarter_honours_member_id_members")),
        sa.ForeignKeyConstraint(["quarter_id"], ["quarters.id"], name=op.f("fk_quarter_honours_quarter_id_quarters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_honours")),
        sa.UniqueConstraint("quarter_id", "group_id", name=op.f("uq_quarter_honours_quarter_id_group_id")),
        sa.UniqueConstraint("quarter_id", "member_id", name=op.f("uq_quarter_honours_quarter_id_member_id")),
    )
    op.create_index(op.f("ix_quarter_honours_member_id"), "quarter_honours", ["member_id"], unique=False)
    op.create_index(op.f("ix_quarter_honours_quarter_id"), "quarter_honours", ["quarter_id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "kind IN ('binding', 'rebinding', 'leave', 'forgotten', 'not_expected')",
            name=op.f("ck_requests_request_kind"),
        ),
        sa.CheckConstraint("status IN ('waiting', 'approved', 'rejected')", name=op.f("ck_requests_request_status")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_requests_decided_by_id_members")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_requests_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_requests_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_meeting_id"), "requests", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_requests_member_id"), "requests", ["member_id"], unique=False)
    op.create_index(
        "ix_requests_waiting",
        "requests",
        ["looked_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "spot_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draw_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inspector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("finding", sa.String(length=7), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("finding IN ('waiting', 'true', 'untrue', 'lapsed')", name=op.f("ck_spot_checks_finding")),
        sa.ForeignKeyConstraint(["approver_id"], ["members.id"], name=op.f("fk_spot_checks_approver_id_members")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_spot_checks_claim_id_claims")),
        sa.ForeignKeyConstraint(["draw_id"], ["spot_draws.id"], name=op.f("fk_spot_checks_draw_id_spot_draws")),
        sa.ForeignKeyConstraint(["inspector_id"], ["members.id"], name=op.f("fk_spot_checks_inspector_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_checks")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_spot_checks_claim_id")),
    )
    op.create_index(op.f("ix_spot_checks_approver_id"), "spot_checks", ["approver_id"], unique=False)
    op.create_index(op.f("ix_spot_checks_draw_id"), "spot_checks", ["draw_id"], unique=False)
    op.create_index(op.f("ix_spot_checks_inspector_id"), "spot_checks", ["inspector_id"], unique=False)
    op.create_table(
        "waiting_scans",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_waiting_scans_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("openid", name=op.f("pk_waiting_scans")),
    )
    op.create_index(op.f("ix_waiting_scans_meeting_id"), "waiting_scans", ["meeting_id"], unique=False)
    op.create_table(
        "looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_looks_member_id_members")),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_looks_picture_id_pictures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_picture_id"), "looks", ["picture_id"], unique=False)
    op.create_table(
        "minutes_pictures",
        sa.Column(
            "picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_minutes_pictures_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_minutes_pictures_picture_id_pictures")),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_minutes_pictures")),
    )
    op.create_index(op.f("ix_minutes_pictures_meeting_id"), "minutes_pictures", ["meeting_id"], unique=False)
    op.create_table(
        "minutes_supplements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=10000), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_minutes_supplements_by_id_members")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["minutes.meeting_id"], name=op.f("fk_minutes_supplements_meeting_id_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_supplements")),
    )
    op.create_index(op.f("ix_minutes_supplements_meeting_id"), "minutes_supplements", ["meeting_id"], unique=False)
    op.create_table(
        "not_expected",
        sa.Column(
            "invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("ground", sa.String(length=12), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "ground IN ('因病不能表达本人意志', '年老长病卧床不能自理', '自费出国半年以上', '外出半年以上未转组织关系', '被羁押或正在服刑')",
            name=op.f("ck_not_expected_ground"),
        ),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["members.id"], name=op.f("fk_not_expected_agreed_by_id_members")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["members.id"], name=op.f("fk_not_expected_asked_by_id_members")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_not_expected_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_not_expected_request_id_requests")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_not_expected")),
        sa.UniqueConstraint("request_id", name=op.f("uq_not_expected_request_id")),
    )
    op.create_table(
        "opinion_pictures",
        sa.Column(
            "picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("opinion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinions.id"], name=op.f("fk_opinion_pictures_opinion_id_opinions")),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_opinion_pictures_picture_id_pictures")),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_opinion_pictures")),
    )
    op.create_index(op.f("ix_opinion_pictures_opinion_id"), "opinion_pictures", ["opinion_id"], unique=False)
    op.create_table(
        "opinion_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opinion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=9), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=700), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('upheld', 'refused', 'taken_up', 'passed_up', 'handed_on', 'lapsed', 'withdrawn')",
            name=op.f("ck_opinion_steps_verdict"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_opinion_steps_by_id_members")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinions.id"], name=op.f("fk_opinion_steps_opinion_id_opinions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_steps")),
    )
    op.create_index(op.f("ix_opinion_steps_opinion_id"), "opinion_steps", ["opinion_id"], unique=False)
    op.create_table(
        "record_pictures",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_record_pictures_picture_id_pictures")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_record_pictures_record_id_records")),
        sa.PrimaryKeyConstraint("record_id", "picture_id", name=op.f("pk_record_pictures")),
    )
    op.create_index(op.f("ix_record_pictures_picture_id"), "record_pictures", ["picture_id"], unique=False)
    op.create_table(
        "sender_looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opinion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_sender_looks_member_id_members")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinions.id"], name=op.f("fk_sender_looks_opinion_id_opinions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_looks")),
    )
    op.create_index(op.f("ix_sender_looks_opinion_id"), "sender_looks", ["opinion_id"], unique=False)
    on(
        "sqlite",
        "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        "CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        "CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM entries WHERE (id = NEW.id) OR (cause = NEW.cause) OR (branch_id = NEW.branch_id AND sequence = NEW.sequence) OR (reverses_id = NEW.reverses_id)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    )
    on(
        "postgresql",
        "CREATE FUNCTION entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
        "CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION entries_append_only()",
        "CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION entries_append_only()",
    )
    on(
        "postgresql",
        "CREATE FUNCTION notices_ring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM posted) THEN PERFORM pg_notify('notices_posted', ''); END IF; RETURN NULL; END $$",
        "CREATE TRIGGER notices_ring AFTER INSERT ON notices REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION notices_ring()",
    )
