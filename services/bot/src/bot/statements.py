"""The SQL of :mod:`bot.store`."""

from typing import LiteralString

SEE_UPDATE: LiteralString = """
INSERT INTO processed_updates (update_id) VALUES (%s) ON CONFLICT DO NOTHING
"""
SEE_USER: LiteralString = """
INSERT INTO users (telegram_id, username, language) VALUES (%s, %s, %s)
ON CONFLICT (telegram_id) DO UPDATE
   SET username = excluded.username, language = excluded.language,
       last_seen_at = now(), blocked_at = NULL
RETURNING id
"""
# A user keeps the role of the latest dialog, open or not.
PROMPT_VERSION: LiteralString = """
SELECT system_prompt_version FROM dialogs
 WHERE user_id = %s AND channel = 'telegram' ORDER BY id DESC LIMIT 1
"""
# The update changes nothing: it makes RETURNING tell about the dialog that is open.
OPEN_DIALOG: LiteralString = """
INSERT INTO dialogs (user_id, channel, system_prompt_version)
VALUES (%s, 'telegram', %s)
ON CONFLICT (user_id, channel) WHERE closed_at IS NULL DO UPDATE SET channel = excluded.channel
RETURNING id, system_prompt_version
"""
ADD_QUESTION: LiteralString = """
INSERT INTO messages (dialog_id, role, content) VALUES (%s, 'user', %s) RETURNING id
"""
CLOSE_DIALOG: LiteralString = """
UPDATE dialogs SET closed_at = now()
 WHERE user_id = %s AND channel = 'telegram' AND closed_at IS NULL
"""
# Latest first, and before all the question itself: answers to earlier ones may be later.
# Questions that came after this one are left out: they get answers of their own.
HISTORY: LiteralString = """
SELECT role, content FROM messages
 WHERE dialog_id = %(dialog_id)s AND error_code IS NULL
   AND (role <> 'user' OR id <= %(question_id)s)
 ORDER BY id = %(question_id)s DESC, id DESC LIMIT %(limit)s
"""
# Nothing is added to a dialog that was deleted meanwhile; the lock keeps it until the answer
# is in, and on the dialog, which a deletion takes first, neither waits for the other in a circle.
ADD_ANSWER: LiteralString = """
INSERT INTO messages (dialog_id, role, content, reply_to_id, tokens, latency_ms, model, error_code)
SELECT id, 'assistant', %(content)s, %(reply_to_id)s,
       %(tokens)s::integer, %(latency_ms)s::integer, %(model)s, %(error_code)s
  FROM dialogs WHERE id = %(dialog_id)s FOR KEY SHARE
ON CONFLICT (reply_to_id) DO NOTHING
RETURNING id
"""
UNFINISHED: LiteralString = """
SELECT question.id, question.dialog_id, question.content,
       dialogs.system_prompt_version, users.telegram_id, users.language,
       answer.id AS answer_id, answer.content AS answer_content
  FROM messages AS question
  JOIN dialogs ON dialogs.id = question.dialog_id
  JOIN users ON users.id = dialogs.user_id
  LEFT JOIN messages AS answer ON answer.reply_to_id = question.id
 WHERE question.role = 'user' AND question.created_at > now() - %s
   AND dialogs.channel = 'telegram' AND users.telegram_id IS NOT NULL
   AND users.blocked_at IS NULL AND answer.delivered_at IS NULL
 ORDER BY question.id
"""
DELIVERED: LiteralString = """
UPDATE messages SET delivered_at = now() WHERE id = %s
"""
BLOCKED: LiteralString = """
UPDATE users SET blocked_at = now() WHERE telegram_id = %s
"""
NUMBERS: LiteralString = """
SELECT users.created_at AS since,
       (SELECT count(*) FROM dialogs WHERE user_id = users.id) AS dialogs,
       (SELECT count(*) FROM messages JOIN dialogs ON dialogs.id = messages.dialog_id
         WHERE dialogs.user_id = users.id AND messages.role = 'user') AS messages
  FROM users WHERE users.id = %s
"""
# Their messages go with the dialogs.
DELETE_DIALOGS: LiteralString = """
DELETE FROM dialogs WHERE user_id = %s
"""
BLANK_USER: LiteralString = """
UPDATE users SET username = NULL, language = NULL WHERE id = %s
"""
# Asks for a table, so that a database nobody has migrated does not pass for a sound one.
CHECK: LiteralString = """
SELECT FROM processed_updates LIMIT 1
"""
