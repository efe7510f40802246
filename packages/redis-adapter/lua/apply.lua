-- Applies a batch to one partition: commands one after another at one instant, each answered as core would.
--
-- KEYS  1 meta, 2 words, 3 accounts, 4 reservations, 5 subjects, 6 due, 7 owed, 8 movements, 9 outbox, 10 shapes, 11 homes,
--       12 unfinished; the last two where orders may lie in several partitions
-- ARGV  1 the epoch expected, empty for any
--       2 entries of the outbox from which on reserves are answered `outbox-full`
--       3 1 to write in any case, so that whoever waits for replicas waits for all that was answered before as well
--       4 one letter a command: `r` for the next reserve, `c` for the next of the others
--       5 shapes of the reserves, JSON (includes/shapes.lua)
--       6 to 10 columns of the reserves: shape, notAfter, id, texts, data
--       11 and 12 the other commands, JSON, and the column of their ids, empty for none
--       or, of few alike reserves and nothing else, 4 how many they are, 5 their shape, 6 how many texts each has; then of each
--       notAfter, id, data and its texts (includes/few-arguments.lua)
-- Reply [now, epoch, outcomes…], or [-1, epoch or nil] if the partition is of another epoch or lost: then nothing was
--       written. An outcome is a number (granted, until then), a kind, or [kind, …]: src/batch/outcomes.ts reads them.

--- include clock

local META, WORDS, ACCOUNTS, RESERVATIONS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local DUE, OWED, MOVEMENTS, OUTBOX, SHAPES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]

local meta = redis.call('HMGET', META, 'epoch', 'sequence', 'at')
local epoch = meta[1]
if not epoch then return { -1, false } end
if ARGV[1] ~= '' and ARGV[1] ~= epoch then return { -1, tonumber(epoch) } end
local now = math.max(clock(), tonumber(meta[3] or 0))
local few = tonumber(ARGV[4])
local reserves = few or select(2, string.gsub(ARGV[4], 'r', ''))
local isFull = reserves > 0 and redis.call('XLEN', OUTBOX) >= tonumber(ARGV[2])

-- The reserves as the caller sent them, and what is kept of their ids; their subjects, one behind the other.
local shapes, shapeOf, notAfters, ids, packedTexts, datas, foundIds
local names, foundSubjects = {}, nil

--- include formats

if few then
--- include few-arguments
--- include few-reserves
end

local kinds = few and string.rep('r', few) or ARGV[4]
local others = not few and ARGV[11] ~= '' and cjson.decode(ARGV[11]) or {}

--- include many
--- include packing
--- include grant-record
--- include account-record
--- include words
--- include shapes
--- include plain-shape

local counts = redis.call('HMGET', META, 'words', 'owed')
wordCount = tonumber(counts[1] or 0)
if few then shapes, shapeOf = prepareShapes('[' .. ARGV[5] .. ']'), { 0, 0, 0, 0 }
elseif reserves > 0 then
--- include columns
end

--- include reservation-record
--- include subject-record
--- include books

owedCount = tonumber(counts[2] or 0)

--- include index
--- include due
--- include effects
--- include deadline
--- include short-digest
--- include reserve
--- include plain-reserve

--- include write

-- By the kind of command. They are made only where one is asked for, or a hold that is due may be an order in pieces.
local HANDLERS, keepsHomes = {}, KEYS[11] ~= nil
local changedHomes, unfinishedChanges, writeHomes = {}, {}, nil
if #others > 0 or keepsHomes then
--- include restore
--- include settle
--- include supply
--- include home
--- include sweep
end

local otherIds = column('Hc0', #others, ARGV[12] or '')
for i = 1, #others do
  local command, id = others[i], otherIds[i]
  command.id = id
  if command.step and command.step.command then command.step.command.id = id end
end
-- A sweep looks into the deadlines of the batch: those of plain grants are told at its end.
local mayBePlain = true
for i = 1, #others do
  if others[i].kind == 'sweep' then mayBePlain = false end
end

-- Whatever was read ahead and is not known better meanwhile.
local function reserveInFull(n, shape, at)
  local id, texts = ids[n], {}
  if packedReservations[id] == nil and not reservations[id] then packedReservations[id] = foundIds[n] end
  for j = 1, shape.n do
    local name = names[at + j]
    texts[j] = name
    if packedSubjects[name] == nil and not subjects[name] then packedSubjects[name] = foundSubjects[at + j] end
  end
  if isFull and not current(id) then return 'outbox-full' end
  return reserve(id, shape, texts, packedTexts[n], datas[n], notAfters[n])
end

local outcomes = { now, tonumber(epoch) }
local nextReserve, nextOther, nextName = 1, 1, 0
for i = 1, #kinds do
  local outcome
  if string.byte(kinds, i) == 114 then
    local n, shape = nextReserve, shapes[shapeOf[nextReserve] + 1]
    if mayBePlain and not isFull then outcome = plainReserve(n, shape, nextName) end
    if not outcome then outcome = reserveInFull(n, shape, nextName) end
    nextReserve, nextName = n + 1, nextName + shape.n
  else
    local command = others[nextOther]
    nextOther = nextOther + 1
    outcome = HANDLERS[command.kind](command)
  end
  outcomes[i + 2] = outcome
end

if #log > 0 or next(changedSubjects) or next(changedHomes) or next(unfinishedChanges) or isDueChanged() then
  writeBooks(epoch, tonumber(meta[2] or 0), tonumber(counts[2] or 0), writeHomes and writeHomes())
elseif ARGV[3] == '1' then
  redis.call('HSET', META, 'at', string.format('%.0f', now))
end
if few and shapes[1].head and #shapes[1].l > 0 then
--- include ready-shape
  keepShape(ARGV[5], shapes[1])
end
return outcomes
