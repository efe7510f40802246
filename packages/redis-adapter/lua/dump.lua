-- All that a partition keeps, of one instant: for audits, not for the sale.
--
-- KEYS  1 meta, 2 words, 3 accounts, 4 reservations, 5 subjects, 6 outbox, 7 carried
-- ARGV  none
-- Reply [time of the server, epoch or nil, words, accounts, reservations, subjects, entries of the outbox, what is carried
--       forward], each as its own command tells it

--- include clock

return {
  clock(),
  redis.call('HGET', KEYS[1], 'epoch'),
  redis.call('HGETALL', KEYS[2]),
  redis.call('HGETALL', KEYS[3]),
  redis.call('HGETALL', KEYS[4]),
  redis.call('HGETALL', KEYS[5]),
  redis.call('XRANGE', KEYS[6], '-', '+'),
  redis.call('HGETALL', KEYS[7]),
}
