-- All fields of one hash, by a script: clients make an object of what HGETALL tells, and texts of its fields.
--
-- KEYS  1 the hash
-- ARGV  none
-- Reply field, value, field, value…

return redis.call('HGETALL', KEYS[1])
