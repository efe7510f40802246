-- Reads what is kept under keys, all of one instant.
--
-- KEYS  1 meta, 2 words, 3 accounts, 4 reservations, 5 subjects
-- ARGV  1 to 3 how many accounts, reservations and subjects are asked for, then the accounts' texts, the ids, the subjects
-- Reply [time of the server, epoch or nil, accounts, reservations, subjects], each as it is kept, nil for none

--- include clock
--- include many
--- include arguments

local arguments = argumentsFrom(4)
local accounts, reservations, subjects = arguments(ARGV[1]), arguments(ARGV[2]), arguments(ARGV[3])
local numbers = readMany(KEYS[2], accounts)
for i = 1, #accounts do numbers[i] = numbers[i] and redis.call('HGET', KEYS[3], numbers[i]) end
return {
  clock(), redis.call('HGET', KEYS[1], 'epoch'),
  numbers, readMany(KEYS[4], reservations), readMany(KEYS[5], subjects),
}
