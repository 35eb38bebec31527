-- What is in the context, without a walk over all that was summed up.
CREATE INDEX message_in_context
	ON message (session, position) WHERE replaced_seq IS NULL;

PRAGMA user_version = 5;
