"""The statement that reads what the rules may know about a call, for one person or for many."""

from compliance.rulebook.facts import REJECTED_DAYS

# What is told of a call whoever is called, for the filing `f`. `now_us` is what compliance_now()
# says, written out: a function of SQL costs more than the rest. The lag of sealing is between two
# readings of the database's own clock, whatever clock is stated.
_OF_CALL = """
  'now_us', us(coalesce((SELECT CASE WHEN running THEN base_at + (clock_timestamp() - started_at)
                              ELSE base_at END FROM compliance_democlock), clock_timestamp())),
  'demo', EXISTS (SELECT 1 FROM compliance_democlock),
  'epoch', (SELECT value FROM compliance_epoch),
  'known', EXISTS (SELECT 1 FROM compliance_decision WHERE id = $4),
  'sealing', (SELECT json_build_array(s.stopped,
       ceil(greatest(0, extract(epoch FROM clock_timestamp() - s.sealed_until)))::bigint)
     FROM audit_state s WHERE s.id = 1),
  'audit_writable', has_column_privilege('audit_entry', 'body', 'INSERT'),
  'whitelist_version', (SELECT w.version FROM compliance_whitelist w WHERE w.id = f.whitelist_id
       AND w.principal_id = f.principal_id AND w.purpose = f.purpose),
  'stale_seat', EXISTS (SELECT 1 FROM compliance_permit t WHERE t.state = 'issued'
     AND t.expires_at <= $5 AND t.seat_id = $3),
  'seat', (SELECT json_build_array(s.active,
       (SELECT count(*) FROM compliance_permit t WHERE t.seat_id = s.id
          AND (t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > $5))),
       (SELECT json_build_array(count(*) FILTER (WHERE t.issued_at > $7),
            us(min(t.issued_at) FILTER (WHERE t.issued_at > $7)),
            count(*), us(min(t.issued_at)), us(max(t.redeemed_at)),
            us(max(t.ended_at) FILTER (WHERE t.result IN ('answered', 'abandoned'))))
          FROM compliance_permit t WHERE t.seat_id = s.id AND t.issued_at > $8),
       us(d.ready_at), us(d.on_duty_since))
     FROM compliance_seat s LEFT JOIN compliance_seatduty d ON d.seat_id = s.id
     WHERE s.id = $3),
  'caller_day', json_build_array(
     (SELECT count(*) FROM compliance_permit t WHERE t.caller_number_id = f.caller_number_id
        AND t.issued_at > $8),
     us((SELECT min(t.issued_at) FROM compliance_permit t
        WHERE t.caller_number_id = f.caller_number_id AND t.issued_at > $8))),
  'trunk_open', (SELECT count(*) FROM compliance_permit t WHERE t.trunk_id = f.trunk_id
     AND (t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > $5))),
  'robot_open', CASE WHEN f.robot THEN (SELECT count(*) FROM compliance_permit t
     JOIN compliance_campaignfiling g ON g.id = t.filing_id AND g.robot
     WHERE t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > $5)) ELSE 0 END
"""

# What is told of the person `:person` besides. The gate reads it of one, a pre-flight of many;
# there is no second text. A refusal is lifted only for what the person agreed to anew, while that
# lasts: for every other principal and purpose, and once it is over, it stands.
_OF_PERSON = """
  'person', (SELECT json_build_object('index', encode(p.number_index, 'hex'),
       'class', p.number_class, 'provinces', p.provinces, 'places', p.places_version,
       'vacant_at', us(p.vacant_at), 'checked_at', us(p.checked_at),
       'minor_until', p.minor_until,
       'listed', (SELECT json_agg(e.external_list_id ORDER BY e.external_list_id)
          FROM compliance_externallistentry e WHERE e.number_index = p.number_index))
     FROM compliance_person p WHERE p.id = :person),
  'consents', (SELECT json_agg(json_build_array(c.id, c.basis, w.purpose, c.channel, c.explicit,
       c.method <> '' AND length(c.evidence_sha256) = 64 AND length(c.text_shown_sha256) = 64,
       c.whitelist_id = f.whitelist_id, us(c.given_at), us(c.expires_at), us(c.withdrawn_at),
       c.policy_ends_on,
       c.text_shown_sha256, c.ai_allowed, c.sensitive_allowed, c.request_event <> '')
       ORDER BY c.given_at, c.id)
     FROM compliance_consent c JOIN compliance_whitelist w ON w.id = c.whitelist_id
     WHERE c.person_id = :person AND w.principal_id = f.principal_id),
  'refusals', (SELECT json_agg(json_build_array(r.id, us(r.recorded_at), r.source, r.everywhere,
       coalesce(r.principal_id = f.principal_id, false), r.industry = f.industry,
       nullif(r.purpose, ''), CASE WHEN o.id IS NOT NULL THEN json_build_array(us(o.given_at),
         o.method IN ('web_form', 'app', 'mini_program', 'paper', 'sms', 'event'),
         json_build_array(l.first_approver_id, l.second_approver_id)) END)
       ORDER BY r.recorded_at, r.id)
     FROM compliance_refusal r
       LEFT JOIN (compliance_refusallift l
         JOIN compliance_consent o ON o.id = l.consent_id AND o.withdrawn_at IS NULL
              AND (o.expires_at IS NULL OR o.expires_at > $5)
         JOIN compliance_whitelist a ON a.id = o.whitelist_id)
       ON l.refusal_id = r.id AND a.principal_id = f.principal_id AND a.purpose = f.purpose
     WHERE r.person_id = :person),
  'chosen_time', (SELECT json_build_array(us(h.from_at), us(h.until_at))
     FROM compliance_chosentime h
     WHERE h.person_id = :person AND h.principal_id = f.principal_id
     ORDER BY h.recorded_at DESC, h.id DESC LIMIT 1),
  'attempts', (SELECT json_agg(json_build_array(us(t.issued_at),
       g.principal_id = f.principal_id, g.purpose,
       t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > $5),
       t.redeemed_at IS NOT NULL, t.result IN ('answered', 'abandoned'), t.talk_seconds >= $9,
       t.result = 'abandoned',
       t.result IN ('busy', 'declined'), t.consent_id)
       ORDER BY t.issued_at, t.id)
     FROM compliance_permit t JOIN compliance_campaignfiling g ON g.id = t.filing_id
     WHERE t.person_id = :person
       AND (t.issued_at > $6 OR t.state IN ('issued', 'redeemed')
            OR (t.result IN ('busy', 'declined')
                AND t.issued_at > $5::timestamptz - :rejected_back))),
  'stale_person', EXISTS (SELECT 1 FROM compliance_permit t WHERE t.state = 'issued'
     AND t.expires_at <= $5 AND t.person_id = :person)
"""


def _of_person(person: str) -> str:
    back = f"interval '{REJECTED_DAYS} days'"
    return _OF_PERSON.replace(":person", person).replace(":rejected_back", back)


def _built(select: str) -> str:
    return select.replace("us(", "compliance_us(")


# Both statements take the same nine values; for many people the second is an array.
OF_ONE = _built(  # texts of this file, and no others
    f"SELECT json_build_object({_OF_CALL}, {_of_person('$2')})::text"  # noqa: S608  # nosec B608
    " FROM compliance_campaignfiling f WHERE f.id = $1"
)
OF_MANY = _built(
    f"SELECT json_build_object({_OF_CALL})::text,"  # noqa: S608  # nosec B608
    f" (SELECT json_agg(json_build_object({_of_person('q.id')}) ORDER BY q.at)"
    "   FROM unnest($2::bigint[]) WITH ORDINALITY q(id, at))::text"
    " FROM compliance_campaignfiling f WHERE f.id = $1"
)
