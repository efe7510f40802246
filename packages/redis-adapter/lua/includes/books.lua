-- What the batch has read and what it changed. Everything is read when it is first asked for, or ahead for many at once;
-- nothing is written before all commands are decided (`writeBooks`).

--- include many

local META, WORDS, ACCOUNTS, RESERVATIONS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local DUE, OWED, MOVEMENTS, OUTBOX = KEYS[6], KEYS[7], KEYS[8], KEYS[9]

-- Texts that many records share (accounts, roots of names) have numbers, given when they are first written.
local words, newWords, wordCount = {}, {}, 0
local accounts, changedAccounts = {}, {}
-- As read or as they will be written: packed, `false` for none; unpacked only when somebody looks into them.
local packedReservations, reservations, changedReservations = {}, {}, {}
local packedSubjects, subjects, changedSubjects = {}, {}, {}
local owedChanges, owedCount = {}, 0
local movements, newMovements = {}, {}
-- Fields and members of plain grants, in the order in which they are written; what changes once more is written after.
local reservationFields, subjectFields = {}, {}
-- The reserves, by their columns: as the caller sent them, and what is kept of their ids; their subjects, one behind the other.
local reserves, shapes, shapeOf, notAfters, ids, packedTexts, datas, foundIds = 0, nil, nil, nil, nil, nil, nil, nil
local names, foundSubjects = {}, {}
-- What happened, packed, in its order, and runs of plain grants, which stand in the columns: the stream entry.
local log = {}

local function note(event)
  log[#log + 1] = event
end

-- The number of a text; `nil` if it has none yet.
local function word(text)
  local number = words[text]
  if number == nil then
    number = tonumber(redis.call('HGET', WORDS, text) or nil) or false
    words[text] = number
  end
  return number or nil
end

local function wordToWrite(text)
  local number = word(text)
  if number == nil then
    wordCount = wordCount + 1
    number = wordCount
    words[text] = number
    local digits, n = string.format('%.0f', number), #newWords
    newWords[n + 1], newWords[n + 2], newWords[n + 3], newWords[n + 4] = text, digits, '#' .. digits, text
  end
  return number
end

local claimsByNumber = {}

local function claimsToWrite(claims)
  local number = wordToWrite('f' .. claims)
  claimsByNumber[number] = claims
  return number
end

claimsOfWord = function(number)
  local claims = claimsByNumber[number]
  if not claims then
    claims = string.sub(redis.call('HGET', WORDS, '#' .. string.format('%.0f', number)), 2)
    claimsByNumber[number] = claims
  end
  return claims
end

local COUNTERS = { 'available', 'reserved', 'sold', 'backordered', 'supplied', 'archived' }
local SETTINGS = { 'opensAt', 'closesAt' }

-- The account of this number; `nil` if there is none.
local function accountNumbered(number)
  local account = accounts[number]
  if account == nil then
    local text = redis.call('HGET', ACCOUNTS, string.format('%.0f', number))
    account = false
    if text then
      local values = {}
      for value in string.gmatch(text, '%S+') do values[#values + 1] = value end
      account = { number = number, movements = {} }
      for i = 1, #COUNTERS do account[COUNTERS[i]] = tonumber(values[i]) end
      for i = 1, #SETTINGS do account[SETTINGS[i]] = tonumber(values[6 + i]) end
      account.backorderLimit, account.configVersion, account.version =
        tonumber(values[9]), tonumber(values[10]), tonumber(values[11])
    end
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
  local account = { number = number, backorderLimit = 0, configVersion = 0, version = 0 }
  for i = 1, #COUNTERS do account[COUNTERS[i]] = 0 end
  accounts[number] = account
  return account
end

local function packAccount(account)
  local values = {}
  for i = 1, #COUNTERS do values[i] = string.format('%.0f', account[COUNTERS[i]]) end
  for i = 1, #SETTINGS do
    local setting = account[SETTINGS[i]]
    values[6 + i] = setting and string.format('%.0f', setting) or '-'
  end
  values[9] = string.format('%.0f', account.backorderLimit)
  values[10] = string.format('%.0f', account.configVersion)
  values[11] = string.format('%.0f', account.version)
  return table.concat(values, ' ')
end

-- Its counters were changed: it tells so at the end of the batch.
local function accountChanged(account)
  if not account.changed then
    account.changed = true
    changedAccounts[#changedAccounts + 1] = account
  end
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

local function movement(field)
  local data = movements[field]
  if data == nil then
    data = redis.call('HGET', MOVEMENTS, field)
    movements[field] = data
  end
  return data or nil
end

local function putMovement(field, data)
  movements[field] = data
  newMovements[#newMovements + 1] = field
  newMovements[#newMovements + 1] = data
end
