-- Leaves markers of orders that ended, once the ledger behind has them: all else of them is the ledger's to tell. Orders in pieces,
-- their pieces, and what is owed units still, are passed over.
--
-- KEYS  1 reservations, 2 words, 3 accounts, 4 subjects
-- ARGV  of each its id, packed as it is kept, the version that the ledger has, and when it was changed last, ms
-- Reply how many were marked

local RESERVATIONS, WORDS, ACCOUNTS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
-- Nothing is decided here, and no movement made.
local MOVEMENTS, now = nil, 0

--- include many
--- include packing
--- include day
--- include grant-record
--- include account-record
--- include words
--- include reservation-record
--- include subject-record
--- include books
--- include archive
--- include pack-marker

local ids = {}
for i = 1, #ARGV, 3 do ids[#ids + 1] = ARGV[i] end

local function isOwed(r)
  for i = 1, #r.lines do
    if r.lines[i].owed > 0 then return true end
  end
  return false
end

-- What has happened to it since is marked when that was carried.
local function isToMark(id, r, version)
  if r.version ~= version or isWhole(id, r) then return false end
  if r.status == CONFIRMED then return not isOwed(r) end
  return r.status == RELEASED or r.status == EXPIRED or r.status == REFUND_REQUIRED
end

local found, marked = readMany(RESERVATIONS, ids), {}
for i = 1, #ids do
  local id, text = ids[i], found[i]
  if text and not isMarker(text) and not isPiece(id) then
    local r = unpackReservation(text)
    if isToMark(id, r, tonumber(ARGV[3 * i - 1])) then
      marked[#marked + 1] = r
      reservationFields[2 * #marked - 1] = id
      reservationFields[2 * #marked] = packMarker(r, dayOf(tonumber(ARGV[3 * i])))
    end
  end
end

-- Ahead, all at once.
local function readSubjects()
  local asked = {}
  for i = 1, #marked do
    local r = marked[i]
    for j = 1, r.status == CONFIRMED and #r.uses or 0 do asked[#asked + 1] = r.text[r.uses[j].subject + 1] end
  end
  local texts = readMany(SUBJECTS, asked)
  for i = 1, #asked do packedSubjects[asked[i]] = texts[i] end
end

readSubjects()
for i = 1, #marked do
  if marked[i].status == CONFIRMED then archive(marked[i], 1) end
end
local accountFields = {}
for i = 1, #changedAccounts do
  local account = changedAccounts[i]
  accountFields[2 * i - 1], accountFields[2 * i] = string.format('%.0f', account.number), packAccount(account)
end
for name in pairs(changedSubjects) do
  local text, n = packSubject(subjects[name]), #subjectFields
  if text ~= '' then subjectFields[n + 1], subjectFields[n + 2] = name, text end
end
writeMany('HSET', RESERVATIONS, reservationFields)
writeMany('HSET', ACCOUNTS, accountFields)
writeMany('HSET', SUBJECTS, subjectFields)
return #marked
