-- Leaves markers of orders that were sold, or ended. What a sold one keeps is archived.

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

local function isOwed(r)
  for i = 1, #r.lines do
    if r.lines[i].owed > 0 then return true end
  end
  return false
end

-- Orders in pieces, their pieces, and what is owed units still, stay whole.
local function isToMark(id, r)
  if isPiece(id) or isWhole(id, r) then return false end
  if r.status == CONFIRMED then return not isOwed(r) end
  return r.status == RELEASED or r.status == EXPIRED or r.status == REFUND_REQUIRED
end

local marked = {}

-- `day`: when it was changed last.
local function mark(id, r, day)
  marked[#marked + 1] = r
  reservationFields[2 * #marked - 1], reservationFields[2 * #marked] = id, packMarker(r, day)
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

-- Nothing is told of it: no account has another version for it.
local function writeMarked()
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
end
