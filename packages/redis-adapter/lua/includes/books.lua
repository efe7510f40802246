-- What the batch has read and what it changed. Everything is read when it is first asked for, or ahead for many at once;
-- nothing is written before all commands are decided (`writeBooks`).

local accounts, changedAccounts = {}, {}
-- As read or as they will be written: packed, `false` for none; unpacked only when somebody looks into them.
local packedReservations, reservations, changedReservations = {}, {}, {}
local packedSubjects, subjects, changedSubjects = {}, {}, {}
local owedChanges, owedCount = {}, 0
local movements, newMovements = {}, {}
-- Fields and members of plain grants, in the order in which they are written; what changes once more is written after.
local reservationFields, subjectFields = {}, {}
-- What happened, packed, in its order, and runs of plain grants, which stand in the columns: the stream entry.
local log = {}

local function note(event)
  log[#log + 1] = event
end

--- include claims-words

local function claimsToWrite(claims)
  local number = wordToWrite('f' .. claims)
  claimsByNumber[number] = claims
  return number
end

-- The account of this number; `nil` if there is none.
local function accountNumbered(number)
  local account = accounts[number]
  if account == nil then
    local text = redis.call('HGET', ACCOUNTS, string.format('%.0f', number))
    account = text and unpackAccount(number, text)
    accounts[number] = account
  end
  return account or nil
end

local function accountNamed(text)
  local number = word(text)
  return number and accountNumbered(number)
end

local function createAccount(text)
  local number = wordToWrite(text)
  local account = unpackAccount(number, '0 0 0 0 0 0 - - 0 0 0')
  accounts[number] = account
  return account
end

-- Its counters were changed: it tells so at the end of the batch.
local function accountChanged(account)
  if not account.changed then
    account.changed = true
    changedAccounts[#changedAccounts + 1] = account
  end
end

-- Those that were changed, as they are kept; each tells how it stands.
local function accountsToWrite()
  local fields = {}
  for i = 1, #changedAccounts do
    local account = changedAccounts[i]
    account.version = account.version + 1
    fields[2 * i - 1], fields[2 * i] = string.format('%.0f', account.number), packAccount(account)
    note(packChange(account))
  end
  return fields
end

local function packedReservation(id)
  local text = packedReservations[id]
  if text == nil then
    text = redis.call('HGET', RESERVATIONS, id)
    packedReservations[id] = text
  end
  return text
end

local function reservation(id)
  local r = reservations[id]
  if r == nil then
    local text = packedReservation(id)
    if not text then return nil end
    r = unpackReservation(text)
    reservations[id] = r
  end
  return r
end

local function putReservation(id, r)
  reservations[id] = r
  packedReservations[id] = nil
  changedReservations[id] = true
end

local function subject(name)
  local s = subjects[name]
  if s == nil then
    local text = packedSubjects[name]
    if text == nil then text = redis.call('HGET', SUBJECTS, name) end
    s = text and unpackSubject(text) or {}
    subjects[name] = s
  end
  return s
end

local function subjectToChange(name)
  changedSubjects[name] = true
  return subject(name)
end

-- A movement's id on an account: by its number, or where its units lie elsewhere by its place.
local function movementField(number, place, id)
  if place then return 'e' .. #place .. ':' .. place .. id end
  return string.format('%.0f:', number or 0) .. id
end

-- What it stands for; behind that its day is kept.
local function movement(field)
  local data = movements[field]
  if data == nil then
    local text = redis.call('HGET', MOVEMENTS, field)
    data = text and string.sub(text, 1, -3)
    movements[field] = data
  end
  return data or nil
end

-- Behind it the day: includes/day.lua tells it elsewhere.
local function putMovement(field, data)
  movements[field] = data
  newMovements[#newMovements + 1] = field
  newMovements[#newMovements + 1] = data .. pack('<H', math.floor(now / 86400000))
end
