-- Lets messages of a shop's own wait to be sent.
--
-- KEYS  1 meta, 2 outbox
-- ARGV  1 the messages, packed
-- Reply 1

--- include clock
--- include append-messages

redis.call('HLEN', KEYS[1])
appendMessages(KEYS[1], KEYS[2], clock(), ARGV[1])
return 1
