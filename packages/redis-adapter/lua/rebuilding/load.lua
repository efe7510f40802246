-- Puts a part of what a partition is to be; put again, it is the same.
--
-- KEYS  1 meta, 2 words, 3 accounts, 4 reservations, 5 subjects, 6 due, 7 owed, 8 movements, 9 outbox, 10 shapes, 11 carried,
--       12 homes, 13 unfinished; the last two where orders may lie in several partitions
-- ARGV  1 the epoch that it is to be of
--       2 the part, JSON (src/rebuilding/encode-contents.ts)
--       3 column of ids: of the reservations, of those that keep the guards, of those that are owed units, of those at home
-- Reply 1, or nil if it is not being loaded under this epoch

--- include clock

local META, WORDS, ACCOUNTS, RESERVATIONS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local DUE, OWED, MOVEMENTS = KEYS[6], KEYS[7], KEYS[8]

local meta = redis.call('HMGET', META, 'loading', 'words', 'owed')
if meta[1] ~= ARGV[1] then return false end
local now = clock()

--- include many
--- include packing
--- include grant-record
--- include account-record
--- include words
--- include reservation-record
--- include subject-record
--- include books
--- include index
--- include due
--- include effects
--- include told-reservation

wordCount = tonumber(meta[2] or 0)
owedCount = tonumber(meta[3] or 0)

-- In the order in which they are told.
local COUNTERS = { 'available', 'reserved', 'sold', 'backordered', 'supplied', 'archived' }
-- From so many alike orders in one part on, what they have in common is a word.
local MANY = 4
local part = cjson.decode(ARGV[2])
local ids = column('Hc0', #part.reservations + #part.guards + part.owed + #part.homes, ARGV[3])
local nextId = 0
local function id()
  nextId = nextId + 1
  return ids[nextId]
end

local accountFields, sums = {}, {}
for i = 1, #part.accounts do
  local told = part.accounts[i]
  local account = accountNamed(told.text) or createAccount(told.text)
  local sum = { '0' }
  for j = 1, #COUNTERS do account[COUNTERS[j]] = told.counters[j] end
  for j = 1, 5 do sum[j + 1] = string.format('%.0f', told.counters[j]) end
  account.opensAt, account.closesAt = told.opensAt, told.closesAt
  account.backorderLimit, account.configVersion, account.version = told.backorderLimit, told.configVersion, told.version
  accountFields[2 * i - 1], accountFields[2 * i] = string.format('%.0f', account.number), packAccount(account)
  sums[2 * i - 1], sums[2 * i] = told.text, table.concat(sum, ' ')
end

local loaded, alike = {}, {}
for i = 1, #part.reservations do
  local r = readTold(part.reservations[i])
  alike[r.claims] = (alike[r.claims] or 0) + 1
  loaded[i] = r
end
for i = 1, #loaded do
  local id_, r = id(), loaded[i]
  r.word = (alike[r.claims] >= MANY or word('f' .. r.claims)) and claimsToWrite(r.claims) or 0
  putReservation(id_, r)
  if isLive(r) then noteDue(id_, r) end
end

for i = 1, #part.counters do
  local root, name, used, archived = unpack(part.counters[i])
  local s = subjectToChange(name)
  s.counters = s.counters or {}
  s.counters[wordToWrite(root)] = { used = used, archived = archived }
end
for i = 1, #part.guards do
  local root, name, expiresAt = unpack(part.guards[i])
  local s = subjectToChange(name)
  s.guards = s.guards or {}
  s.guards[wordToWrite(root)] = { id = id(), expiresAt = expiresAt }
end
for i = 1, #part.strikes do
  local root, name, count_, until_, tag, tagUntil = unpack(part.strikes[i])
  local s = subjectToChange(name)
  s.strikes = s.strikes or {}
  s.strikes[wordToWrite(root)] = { count = count_, until_ = until_, tag = tag, tagUntil = tagUntil }
end
for i = 1, #part.movements do
  local text, movement_, data = unpack(part.movements[i])
  putMovement(movementField(wordToWrite(text), nil, movement_), data)
end
for _ = 1, part.owed do
  local id_ = id()
  local r = reservation(id_)
  if r then noteOwed(id_, r) end
end
-- What is to be done about their pieces nobody knows: whoever sweeps looks.
local homeFields, unfinished = {}, {}
for i = 1, #part.homes do
  local id_, n = id(), 2 * i - 1
  homeFields[n], homeFields[n + 1] = id_, part.homes[i]
  unfinished[n], unfinished[n + 1] = '0', id_
end

local reservationFields, subjectFields = {}, {}
for id_ in pairs(changedReservations) do
  local n = #reservationFields
  reservationFields[n + 1], reservationFields[n + 2] = id_, packReservation(reservations[id_])
end
for name in pairs(changedSubjects) do
  local n, text = #subjectFields, packSubject(subjects[name])
  if text ~= '' then subjectFields[n + 1], subjectFields[n + 2] = name, text end
end
local owing = {}
for member, score in pairs(owedChanges) do
  local n = #owing
  if score then owing[n + 1], owing[n + 2] = string.format('%.0f', score), member end
end
writeMany('HSET', META, {
  'words', string.format('%.0f', wordCount), 'owed', string.format('%.0f', owedCount), 'followed', '1',
})
writeMany('HSET', WORDS, newWords)
writeMany('HSET', ACCOUNTS, accountFields)
writeMany('HSET', KEYS[11], sums)
writeMany('HSET', RESERVATIONS, reservationFields)
writeMany('HSET', SUBJECTS, subjectFields)
writeMany('ZADD', DUE, (groupsToWrite()))
writeMany('ZADD', OWED, owing)
writeMany('HSET', MOVEMENTS, newMovements)
writeMany('HSET', KEYS[12], homeFields)
writeMany('ZADD', KEYS[13], unfinished)
return 1
