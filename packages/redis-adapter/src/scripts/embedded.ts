// Generated from lua/ by `npm run check -- --fix lua`: change it there.

const CLOCK = `
local function clock()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
end
`

const VIRTUAL_CLOCK = `
local function clock()
return tonumber(ARGV[#ARGV])
end
`

function timed(script: string) {
  return { real: CLOCK + script, virtual: VIRTUAL_CLOCK + script }
}

export const APPLY = timed(`
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
local shapes, shapeOf, notAfters, ids, packedTexts, datas, foundIds
local names, foundSubjects = {}, nil
local pack, unpackAt = struct.pack, struct.unpack
local HELD, DEFERRED, CONFIRMED, RELEASED, EXPIRED, REFUND_REQUIRED, TOMBSTONED = 1, 2, 3, 4, 5, 6, 7
local CHANGE = '<BI3I4I7I7I7I7I7'
local ACCOUNT = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+ %S+) (%S+)$'
if few then
local call, format, sub, each = redis.call, string.format, string.sub, tonumber(ARGV[6])
notAfters, ids, packedTexts, datas = { 0 }, { '' }, { '' }, { '' }
for n = 1, few do
local at = 7 + (n - 1) * (3 + each)
local id, data, packed = ARGV[at + 1], ARGV[at + 2], ''
ids[n] = string.byte(id) ~= 117 and sub(id, 2) or pack(
'>BI4I2I2I2I6', 255, tonumber(sub(id, 2, 9), 16), tonumber(sub(id, 11, 14), 16), tonumber(sub(id, 16, 19), 16),
tonumber(sub(id, 21, 24), 16), tonumber(sub(id, 26, 37), 16)
)
for j = 1, each do
local text = ARGV[at + 2 + j]
names[#names + 1], packed = text, packed .. pack('<Hc0', #text, text)
end
notAfters[n], packedTexts[n], datas[n] = tonumber(ARGV[at]), packed, pack('<Hc0', #data, data)
end
foundIds = few == 1 and { call('HGET', RESERVATIONS, ids[1]) } or call('HMGET', RESERVATIONS, unpack(ids))
foundSubjects = #names == 1 and { call('HGET', SUBJECTS, names[1]) } or call('HMGET', SUBJECTS, unpack(names))
local ready = not isFull and call('HGET', SHAPES, ARGV[5])
local isPlain, hold, from, to, backorder, lines, claims, at = ready ~= false
if ready then
hold, from, to, backorder, lines, claims, at = unpackAt('<dddBBHc0', ready)
isPlain = now >= from and now < to
end
for n = 1, few do
isPlain = isPlain and not foundIds[n] and now <= notAfters[n] and #ids[n] <= 128
for m = 1, n - 1 do isPlain = isPlain and ids[m] ~= ids[n] end
end
for n = 1, #names do
isPlain = isPlain and not foundSubjects[n]
for m = 1, n - 1 do isPlain = isPlain and names[m] ~= names[n] end
end
local changes, accountFields = '', { '', '' }
for i = 1, isPlain and lines or 0 do
local account, quantity
account, quantity, at = unpackAt('<Hc0I4', ready, at)
local all = quantity * few
local available, reserved, rest, sold, backordered, supplied, opensAt, closesAt, version =
string.match(call('HGET', ACCOUNTS, account) or '', '^(%S+) (%S+) ((%S+) (%S+) (%S+) %S+ (%S+) (%S+) %S+ %S+) (%S+)$')
isPlain = available and (opensAt == '-' or now >= tonumber(opensAt)) and (closesAt == '-' or now < tonumber(closesAt))
local free = isPlain and available - backordered
if isPlain and all > free then
isPlain = false
if few == 1 and lines == 1 and backorder == 0 and free >= 0 and ARGV[3] ~= '1' then
return { now, tonumber(epoch), -1 - free }
end
end
if not isPlain then break end
available, reserved, version = available - all, reserved + all, version + 1
accountFields[2 * i - 1], accountFields[2 * i] = account, format('%d %d %s %d', available, reserved, rest, version)
changes = changes .. pack(CHANGE, 65, account, version, available, reserved, sold, backordered, supplied)
end
if isPlain then
local until_, texts, log, due, kept = now + hold, #names / few, '', '', 0
local head, packedUntil = pack('<BI4I7I7I3', HELD, 1, now, until_, 0), pack('<I7', until_)
local outcomes, reservationFields, subjectFields = { now, tonumber(epoch), until_ }, { '', '' }, { '', '' }
for n = 1, few do
local id = ids[n]
local packedId, record = pack('<Hc0', #id, id), head .. claims .. packedTexts[n] .. datas[n]
log = log .. 'G' .. packedId .. record .. (n == few and changes or '')
due, outcomes[n + 2] = due .. packedId, until_
reservationFields[2 * n - 1], reservationFields[2 * n] = id, record
local place = at
for j = 1, texts do
local text, guards
text, guards, place = unpackAt('<Hc0B', ready, place)
for k = place, place + 4 * guards - 1, 4 do
text = text .. sub(ready, k, k + 3) .. packedUntil .. packedId
end
place = place + 4 * guards
if text ~= '' then
subjectFields[kept + 1], subjectFields[kept + 2] = names[texts * (n - 1) + j], text
kept = kept + 2
end
end
end
local number, time = format('%d', (meta[2] or 0) + 1), format('%d', now)
call('ZADD', DUE, format('%d', until_), due)
call('XADD', OUTBOX, epoch .. '-' .. number, 'at', time, 'log', log)
call('HSET', META, 'sequence', number, 'at', time)
call('HSET', ACCOUNTS, unpack(accountFields))
call('HSET', RESERVATIONS, unpack(reservationFields))
if kept > 0 then call('HSET', SUBJECTS, unpack(subjectFields, 1, kept)) end
return outcomes
end
end
local kinds = few and string.rep('r', few) or ARGV[4]
local others = not few and ARGV[11] ~= '' and cjson.decode(ARGV[11]) or {}
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local function packText(text)
return pack('<Hc0', #text, text)
end
local function column(format, count, text)
local most = 1000
if count <= most then
local values = { unpackAt('<' .. string.rep(format, count), text) }
values[count + 1] = nil
return values
end
local values, at = {}, 1
while #values < count do
local some = math.min(count - #values, most)
local part = { unpackAt('<' .. string.rep(format, some), text, at) }
for i = 1, some do values[#values + 1] = part[i] end
at = part[some + 1]
end
return values
end
local function packLines(lines)
local packed = string.char(#lines)
for i = 1, #lines do
local line = lines[i]
packed = packed .. pack('<I3I4I4I4', line.account, line.quantity, line.owed, line.returned)
if line.account == 0 then packed = packed .. string.char(line.place) end
end
return packed
end
local function packNames(names)
local packed = pack('<H', #names)
for i = 1, #names do packed = packed .. pack('<I3H', names[i].root, names[i].subject) end
return packed
end
local function packUses(uses)
local packed = pack('<H', #uses)
for i = 1, #uses do
local use = uses[i]
packed = packed .. pack('<I3HI7I7', use.root, use.subject, use.max, use.quantity)
.. string.char(#use.lines, unpack(use.lines)) .. packNames(use.prior)
end
return packed
end
local function packCounter(root, used, archived)
if archived == 0 and used < 4294967296 then return pack('<BI3I4', 4, root, used) end
if archived == used and used < 4294967296 then return pack('<BI3I4', 5, root, used) end
return pack('<BI3I7I7', 1, root, used, archived)
end
local function packClaims(r)
local strike = r.strike
return pack(
'<I7BHc0BB',
r.maxExpiresAt - r.reservedAt, (r.backorder and 1 or 0) + (r.late and 2 or 0) + (strike and 4 or 0),
#r.linesDigest, r.linesDigest, r.home, r.buyer
)
.. packLines(r.lines) .. packUses(r.uses) .. packNames(r.guards)
.. (strike and pack('<I3HI7', strike.root, strike.subject, strike.ms) or '')
.. pack('<H', r.textCount)
end
local function packHead(r, number, claims)
local head = pack('<BI4I7I7I3', r.status, r.version, r.reservedAt, r.until_, number)
return number == 0 and head .. claims or head
end
local function unpackAccount(number, text)
local available, reserved, sold, backordered, supplied, archived, opensAt, closesAt, settings, version =
string.match(text, ACCOUNT)
local backorderLimit, configVersion = string.match(settings, '(%S+) (%S+)')
return {
number = number,
available = tonumber(available), reserved = tonumber(reserved), sold = tonumber(sold),
backordered = tonumber(backordered), supplied = tonumber(supplied), archived = tonumber(archived),
opensAt = tonumber(opensAt), closesAt = tonumber(closesAt), backorderLimit = tonumber(backorderLimit),
configVersion = tonumber(configVersion), version = tonumber(version),
}
end
local function packAccount(account)
local opensAt, closesAt = account.opensAt, account.closesAt
return string.format(
'%.0f %.0f %.0f %.0f %.0f %.0f %s %s %.0f %.0f %.0f',
account.available, account.reserved, account.sold, account.backordered, account.supplied, account.archived,
opensAt and string.format('%.0f', opensAt) or '-', closesAt and string.format('%.0f', closesAt) or '-',
account.backorderLimit, account.configVersion, account.version
)
end
local function packChange(account)
return pack(
CHANGE, 65, account.number, account.version,
account.available, account.reserved, account.sold, account.backordered, account.supplied
)
end
local function isOpen(account)
return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
end
local words, newWords, wordCount = {}, {}, 0
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
local prepareShapes, granted, linesToWrite, sumOf
do
local function rootNames(names)
for i = 1, #names do names[i].root = names[i][1] end
return names
end
function sumOf(lines, indexes)
local sum = 0
for i = 1, #indexes do sum = sum + lines[indexes[i] + 1][2] end
return sum
end
function prepareShapes(text)
local shapes = cjson.decode(text)
for i = 1, #shapes do
local shape = shapes[i]
for j = 1, #shape.u do
local use = shape.u[j]
use.quantity = sumOf(shape.l, use[4])
if not shape.passed and (now < use[6] or (use[7] and now >= use[7])) then shape.passed = j end
end
shape.textFormat = '<' .. string.rep('Hc0', shape.n)
end
return shapes
end
local function namesToWrite(names)
local written = {}
for i = 1, #names do written[i] = { root = wordToWrite(names[i][1]), subject = names[i][2] } end
return written
end
local function usesToWrite(uses)
local written = {}
for i = 1, #uses do
local use = uses[i]
written[i] = {
root = wordToWrite(use[1]), subject = use[2], max = use[3], lines = use[4],
prior = namesToWrite(use[5]), quantity = use.quantity,
}
end
return written
end
function granted(shape, status, lines)
local risk = shape.k
return {
status = status, version = 1, reservedAt = now, until_ = now + shape.h,
maxExpiresAt = now + math.max(shape.h, shape.m), backorder = shape.b, late = false,
linesDigest = shape.f, home = shape.o, buyer = shape.y, lines = lines,
uses = usesToWrite(shape.u), guards = namesToWrite(shape.g), textCount = shape.n,
strike = risk and { root = wordToWrite(risk.r), subject = risk.s, ms = risk.ms } or nil,
}
end
function linesToWrite(lines, owed)
local written = {}
for i = 1, #lines do
local line = lines[i]
local place = line[3]
written[i] = {
account = place and 0 or wordToWrite(line[1]), place = place, quantity = line[2],
owed = owed and owed[i] or 0, returned = 0,
}
end
return written
end
end
local isPlain, newSubjects, newSubject
do
local function isDistinct(names)
local seen = {}
for i = 1, #names do
local name = names[i][1] .. ' ' .. names[i][2]
if seen[name] then return false end
seen[name] = true
end
return true
end
function isPlain(shape)
if shape.k or shape.d or shape.r or shape.e or shape.passed or shape.n > 3 then return false end
for i = 1, #shape.l do
if shape.l[i][3] then return false end
end
for i = 1, #shape.u do
if #shape.u[i][5] > 0 or shape.u[i].quantity > shape.u[i][3] or shape.u[i].quantity == 0 then return false end
end
for i = 1, #shape.g do
if #shape.g[i][3] > 0 then return false end
end
return isDistinct(shape.u) and isDistinct(shape.g)
end
function newSubjects(shape, like)
local subjects = {}
for j = 0, shape.n - 1 do
local counters, guards = '', {}
for i = 1, #like.uses do
local use = like.uses[i]
if use.subject == j then counters = counters .. packCounter(use.root, use.quantity, 0) end
end
for i = 1, #like.guards do
local guard = like.guards[i]
if guard.subject == j then guards[#guards + 1] = pack('<BI3', 2, guard.root) end
end
subjects[j + 1] = (counters ~= '' or #guards > 0) and { counters, guards }
end
return subjects
end
function newSubject(known, packedUntil, packedId)
local text, guards = known[1], known[2]
for i = 1, #guards do text = text .. guards[i] .. packedUntil .. packedId end
return text
end
end
local counts = redis.call('HMGET', META, 'words', 'owed')
wordCount = tonumber(counts[1] or 0)
if few then shapes, shapeOf = prepareShapes('[' .. ARGV[5] .. ']'), { 0, 0, 0, 0 }
elseif reserves > 0 then
shapes = prepareShapes(ARGV[5])
shapeOf = column('H', reserves, ARGV[6])
notAfters = column('d', reserves, ARGV[7])
ids = column('Hc0', reserves, ARGV[8])
packedTexts = column('I4c0', reserves, ARGV[9])
datas = column('Hc0', reserves, ARGV[10])
local n = 0
for i = 1, reserves do
local shape = shapes[shapeOf[i] + 1]
local count_ = shape.n
if count_ == 1 then names[n + 1] = unpackAt('<Hc0', packedTexts[i])
elseif count_ == 2 then names[n + 1], names[n + 2] = unpackAt('<Hc0Hc0', packedTexts[i])
else
local own = { unpackAt(shape.textFormat, packedTexts[i]) }
for j = 1, count_ do names[n + j] = own[j] end
end
n = n + count_
end
foundIds = readMany(RESERVATIONS, ids)
foundSubjects = readMany(SUBJECTS, names)
end
local function unpackLines(text, at)
local lines, count = {}, string.byte(text, at)
at = at + 1
for i = 1, count do
local account, quantity, owed, returned, after = unpackAt('<I3I4I4I4', text, at)
local line = { account = account, quantity = quantity, owed = owed, returned = returned }
if account == 0 then
line.place = string.byte(text, after)
after = after + 1
end
lines[i], at = line, after
end
return lines, at
end
local function unpackNames(text, at)
local names, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local root, subject, after = unpackAt('<I3H', text, at)
names[i], at = { root = root, subject = subject }, after
end
return names, at
end
local function unpackUses(text, at)
local uses, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local use = { lines = {} }
local lines
use.root, use.subject, use.max, use.quantity, lines, at = unpackAt('<I3HI7I7B', text, at)
for j = 1, lines do use.lines[j] = string.byte(text, at + j - 1) end
use.prior, at = unpackNames(text, at + lines)
uses[i] = use
end
return uses, at
end
local function packOptional(text)
return packText(text == nil and '' or '=' .. text)
end
local function unpackOptional(text, at)
local value, after = unpackAt('<Hc0', text, at)
if value == '' then return nil, after end
return string.sub(value, 2), after
end
local function isMarker(text)
return string.byte(text) >= 128
end
local claimsOfWord
local packReservation
do
local function packTail(r)
if r.status == CONFIRMED then return packText(r.payment) end
if r.status == RELEASED then return packText(r.cause) .. packOptional(r.reason) .. packOptional(r.payment) end
if r.status == REFUND_REQUIRED then return packText(r.payment) .. packText(r.why) end
if r.status == TOMBSTONED then return packText(r.cause) .. packOptional(r.reason) end
return ''
end
function packReservation(r)
local claims = packClaims(r)
return packHead(r, r.claims == claims and r.word or 0, claims) .. r.texts .. r.data .. packTail(r)
end
end
local unpackReservation
do
local function unpackClaims(r, text, at)
local longest, flags
longest, flags, r.linesDigest, r.home, r.buyer, at = unpackAt('<I7BHc0BB', text, at)
r.maxExpiresAt = r.reservedAt + longest
r.backorder, r.late = flags % 2 == 1, flags % 4 >= 2
r.lines, at = unpackLines(text, at)
r.uses, at = unpackUses(text, at)
r.guards, at = unpackNames(text, at)
if flags >= 4 then
local strike = {}
strike.root, strike.subject, strike.ms, at = unpackAt('<I3HI7', text, at)
r.strike = strike
end
r.textCount, at = unpackAt('<H', text, at)
return at
end
function unpackReservation(text)
local r, at = {}, nil
if isMarker(text) then
r.status, r.day, r.version, r.buyerDigest, r.linesDigest = unpackAt('<BHBI5I5', text)
r.status, r.marked = r.status % 128, true
return r
end
r.status, r.version, r.reservedAt, r.until_, r.word, at = unpackAt('<BI4I7I7I3', text)
if r.word == 0 then at = unpackClaims(r, text, at)
else
r.claims = claimsOfWord(r.word)
unpackClaims(r, r.claims, 1)
end
if r.status == HELD or r.status == DEFERRED then r.noted = r.until_ end
local from = at
r.text = {}
for i = 1, r.textCount do r.text[i], at = unpackAt('<Hc0', text, at) end
r.texts = string.sub(text, from, at - 1)
local _, after = unpackAt('<Hc0', text, at)
r.data = string.sub(text, at, after - 1)
at = after
if r.status == CONFIRMED then r.payment = unpackAt('<Hc0', text, at)
elseif r.status == RELEASED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason, at = unpackOptional(text, at)
r.payment = unpackOptional(text, at)
elseif r.status == REFUND_REQUIRED then r.payment, r.why = unpackAt('<Hc0Hc0', text, at)
elseif r.status == TOMBSTONED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason = unpackOptional(text, at)
end
return r
end
end
local function isLive(r)
return r.status == HELD or r.status == DEFERRED
end
local function isPiece(id)
if #id <= 128 then return false end
local _, trailing = string.gsub(id, '[\\128-\\191]', '')
local _, pairs_ = string.gsub(id, '[\\240-\\247]', '')
return #id - trailing + pairs_ > 128
end
local function isWhole(id, r)
return string.sub(r.text[r.home + 1], 1, 8) == '/pieced/' and not isPiece(id)
end
local NO_TAG = 0
local function packSubject(s)
local parts, n = {}, 0
if s.counters then
for root, counter in pairs(s.counters) do
if counter.used ~= 0 or counter.archived ~= 0 then
n = n + 1
parts[n] = packCounter(root, counter.used, counter.archived)
end
end
end
if s.guards then
for root, guard in pairs(s.guards) do
n = n + 1
parts[n] = pack('<BI3I7Hc0', 2, root, guard.expiresAt, #guard.id, guard.id)
end
end
if s.strikes then
for root, strike in pairs(s.strikes) do
n = n + 1
parts[n] = pack('<BI3I4I7BI7', 3, root, strike.count, strike.until_, strike.tag, strike.tagUntil)
end
end
return table.concat(parts)
end
local function unpackSubject(text)
local s, at, length = {}, 1, #text
while at <= length do
local kind, root
kind, root, at = unpackAt('<BI3', text, at)
if kind == 1 or kind == 4 or kind == 5 then
local counter = { archived = 0 }
if kind ~= 1 then
counter.used, at = unpackAt('<I4', text, at)
if kind == 5 then counter.archived = counter.used end
else
counter.used, counter.archived, at = unpackAt('<I7I7', text, at)
end
s.counters = s.counters or {}
s.counters[root] = counter
elseif kind == 2 then
local guard = {}
guard.expiresAt, guard.id, at = unpackAt('<I7Hc0', text, at)
s.guards = s.guards or {}
s.guards[root] = guard
else
local strike = {}
strike.count, strike.until_, strike.tag, strike.tagUntil, at = unpackAt('<I4I7BI7', text, at)
s.strikes = s.strikes or {}
s.strikes[root] = strike
end
end
return s
end
local accounts, changedAccounts = {}, {}
local packedReservations, reservations, changedReservations = {}, {}, {}
local packedSubjects, subjects, changedSubjects = {}, {}, {}
local owedChanges, owedCount = {}, 0
local movements, newMovements = {}, {}
local reservationFields, subjectFields = {}, {}
local log = {}
local function note(event)
log[#log + 1] = event
end
local claimsByNumber = {}
claimsOfWord = function(number)
local claims = claimsByNumber[number]
if not claims then
claims = string.sub(redis.call('HGET', WORDS, '#' .. string.format('%.0f', number)), 2)
claimsByNumber[number] = claims
end
return claims
end
local function claimsToWrite(claims)
local number = wordToWrite('f' .. claims)
claimsByNumber[number] = claims
return number
end
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
local function accountChanged(account)
if not account.changed then
account.changed = true
changedAccounts[#changedAccounts + 1] = account
end
end
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
local function movementField(number, place, id)
if place then return 'e' .. #place .. ':' .. place .. id end
return string.format('%.0f:', number or 0) .. id
end
local function movement(field)
local data = movements[field]
if data == nil then
local text = redis.call('HGET', MOVEMENTS, field)
data = text and string.sub(text, 1, -3)
movements[field] = data
end
return data or nil
end
local function putMovement(field, data)
movements[field] = data
newMovements[#newMovements + 1] = field
newMovements[#newMovements + 1] = data .. pack('<H', math.floor(now / 86400000))
end
owedCount = tonumber(counts[2] or 0)
local function inByteOrder(one, other)
for i = 1, math.min(#one, #other) do
local a, b = string.byte(one, i), string.byte(other, i)
if a ~= b then return a < b end
end
return #one < #other
end
local function inIndex(key, changes, changed, from, to, limit)
local stored = redis.call('ZRANGEBYSCORE', key, from, to, 'WITHSCORES', 'LIMIT', 0, limit + changed)
local found = {}
for i = 1, #stored, 2 do
if changes[stored[i]] == nil then found[#found + 1] = { stored[i], tonumber(stored[i + 1]) } end
end
for member, score in pairs(changes) do
if score and (from == '-inf' or score >= from) and (to == '+inf' or score <= to) then
found[#found + 1] = { member, score }
end
end
table.sort(found, function(one, other)
if one[2] ~= other[2] then return one[2] < other[2] end
return one[1] ~= other[1] and inByteOrder(one[1], other[1])
end)
for i = #found, limit + 1, -1 do found[i] = nil end
return found
end
local noteDue, dueGroup, dueHolds, isDueChanged, groupsToWrite
do
local MOST_LOOKED_AT = 5000
local groups = {}
local gone = {}
function dueGroup(deadline)
local group = groups[deadline]
if not group then
group = {}
groups[deadline] = group
end
return group
end
function noteDue(id, r)
if r.noted == r.until_ then return end
r.noted = r.until_
local group = dueGroup(r.until_)
group[#group + 1] = packText(id)
end
local function idsIn(packed)
local ids, at, length = {}, 1, #packed
while at <= length do ids[#ids + 1], at = unpackAt('<Hc0', packed, at) end
return ids
end
local function readAhead(ids)
local unknown = {}
for i = 1, #ids do
local id = ids[i]
if reservations[id] == nil and packedReservations[id] == nil then unknown[#unknown + 1] = id end
end
local texts = readMany(RESERVATIONS, unknown)
for i = 1, #unknown do packedReservations[unknown[i]] = texts[i] end
end
local function isDueThen(id, deadline)
local r = reservations[id]
if r then return isLive(r) and r.until_ == deadline end
local text = packedReservation(id)
if not text or isMarker(text) then return false end
local status, _, _, until_ = unpackAt('<BI4I7I7', text)
return (status == HELD or status == DEFERRED) and until_ == deadline
end
local function liveIn(group)
readAhead(group.ids)
local live = {}
for i = 1, #group.ids do
if isDueThen(group.ids[i], group.deadline) then live[#live + 1] = group.ids[i] end
end
return live
end
local function groupsInOrder()
local own, nextOwn, stored, nextStored, passed = {}, 1, {}, 1, 0
for deadline, packed in pairs(groups) do own[#own + 1] = { deadline = deadline, ids = idsIn(table.concat(packed)) } end
table.sort(own, function(one, other) return one.deadline < other.deadline end)
local function storedGroup()
if stored[nextStored] == nil and passed % 16 == 0 then
stored = redis.call('ZRANGEBYSCORE', DUE, '-inf', '+inf', 'WITHSCORES', 'LIMIT', passed, 16)
nextStored, passed = 1, passed + #stored / 2
end
local member = stored[nextStored]
return member and { member = member, deadline = tonumber(stored[nextStored + 1]) }
end
return function()
local one, other = own[nextOwn], storedGroup()
while other and gone[other.member] do
nextStored = nextStored + 2
other = storedGroup()
end
if one and (not other or one.deadline <= other.deadline) then
nextOwn = nextOwn + 1
return one
end
if not other then return nil end
nextStored = nextStored + 2
other.ids = idsIn(other.member)
return other
end
end
local function keepRest(group, live, taken)
if not group.member then return end
local rest = {}
for i = 1, #live do
if not taken[live[i]] then rest[#rest + 1] = packText(live[i]) end
end
if #rest == #group.ids then return end
gone[group.member] = true
local own = dueGroup(group.deadline)
for i = 1, #rest do own[#own + 1] = rest[i] end
end
local function inOrder(one, other)
if one.deadline ~= other.deadline then return one.deadline < other.deadline end
return one.id ~= other.id and inByteOrder(one.id, other.id)
end
function dueHolds(limit)
local found, seen, looked, lookedAt, nextDue = {}, {}, {}, 0, false
for group in groupsInOrder() do
local last = found[#found]
if lookedAt >= MOST_LOOKED_AT or (#found > limit and last.deadline < group.deadline) then
nextDue = group.deadline
break
end
lookedAt = lookedAt + #group.ids
local live = liveIn(group)
looked[#looked + 1] = { group, live }
if group.deadline > now then
if #live > 0 then
nextDue = group.deadline
break
end
else
for i = 1, #live do
if not seen[live[i]] then
seen[live[i]] = true
found[#found + 1] = { id = live[i], deadline = group.deadline }
end
end
end
end
table.sort(found, inOrder)
local ids, taken = {}, {}
for i = 1, math.min(limit, #found) do
ids[i] = found[i].id
taken[ids[i]] = true
end
if found[limit + 1] then nextDue = found[limit + 1].deadline end
for i = 1, #looked do keepRest(looked[i][1], looked[i][2], taken) end
return ids, nextDue
end
function isDueChanged() return next(gone) ~= nil end
function groupsToWrite()
local added, removed, deadlines = {}, {}, {}
for deadline, packed in pairs(groups) do
if #packed > 0 then deadlines[#deadlines + 1] = deadline end
end
table.sort(deadlines)
for i = 1, #deadlines do
local packed, n = groups[deadlines[i]], #added
added[n + 1], added[n + 2] = string.format('%.0f', deadlines[i]), packed[2] and table.concat(packed) or packed[1]
end
for member in pairs(gone) do removed[#removed + 1] = member end
return added, removed
end
end
local move, moveLine, counterOf, count, countUses, guardOf, openGuards, freeGuards, strikesAt, strikeRecord, strike, noteOwed, keep, owedLines, OWED_RANGE
do
local NEVER = 9007199254740991
function move(account, available, reserved, sold, backordered)
if not account then return end
account.available = account.available + available
account.reserved = account.reserved + reserved
account.sold = account.sold + sold
account.backordered = account.backordered + backordered
accountChanged(account)
end
function moveLine(line, available, reserved, sold, backordered)
if line.account ~= 0 then move(accountNumbered(line.account), available, reserved, sold, backordered) end
end
function counterOf(root, name)
local counters = root and subject(name).counters
local counter = counters and counters[root]
return counter and counter.used or 0
end
function count(root, name, quantity)
if quantity == 0 then return end
local s = subjectToChange(name)
s.counters = s.counters or {}
local counter = s.counters[root]
if not counter then
counter = { used = 0, archived = 0 }
s.counters[root] = counter
end
counter.used = counter.used + quantity
end
function countUses(r, sign)
for i = 1, #r.uses do
local use = r.uses[i]
count(use.root, r.text[use.subject + 1], sign * use.quantity)
end
end
function guardOf(root, name)
local guards = root and subject(name).guards
return guards and guards[root]
end
function openGuards(id, r)
local expiresAt = isPiece(id) and NEVER or r.until_
for i = 1, #r.guards do
local guard = r.guards[i]
local s = subjectToChange(r.text[guard.subject + 1])
s.guards = s.guards or {}
s.guards[guard.root] = { id = id, expiresAt = expiresAt }
end
end
function freeGuards(id, r)
for i = 1, #r.guards do
local guard = r.guards[i]
local name = r.text[guard.subject + 1]
local open = guardOf(guard.root, name)
if open and open.id == id then subjectToChange(name).guards[guard.root] = nil end
end
end
function strikesAt(record)
return record and now < record.until_ and record.count or 0
end
function strikeRecord(root, name)
local s = subjectToChange(name)
s.strikes = s.strikes or {}
local record = s.strikes[root]
if not record then
record = { count = 0, until_ = 0, tag = NO_TAG, tagUntil = 0 }
s.strikes[root] = record
end
return record
end
function strike(r)
local record = strikeRecord(r.strike.root, r.text[r.strike.subject + 1])
record.count = strikesAt(record) + 1
record.until_ = now + r.strike.ms
end
OWED_RANGE = 4294967296
local function owedMember(account, id)
return pack('<I3', account) .. id
end
function noteOwed(id, r)
local mayBeOwed = r.status == HELD or r.status == CONFIRMED
for i = 1, #r.lines do
local line = r.lines[i]
if line.account ~= 0 and (line.owed > 0 or line.wasOwed) then
local member, isOwed = owedMember(line.account, id), mayBeOwed and line.owed > 0
local known = owedChanges[member]
if known == nil then known = redis.call('ZSCORE', OWED, member) end
if isOwed and not known then
owedCount = owedCount + 1
owedChanges[member] = line.account * OWED_RANGE + owedCount
elseif known and not isOwed then
owedChanges[member] = false
end
end
end
end
function keep(id, r)
putReservation(id, r)
if isLive(r) then noteDue(id, r) end
if not isWhole(id, r) then noteOwed(id, r) end
end
function owedLines(lines)
local owed = {}
for i = 1, #lines do
if lines[i].owed > 0 then owed[#owed + 1] = { i - 1, lines[i].owed } end
end
return owed
end
end
local function giveBack(id, r, struck)
local before = r.status
for i = 1, #r.lines do
local line = r.lines[i]
local quantity = line.quantity - line.owed - line.returned
if quantity > 0 or line.owed > 0 then
if before == HELD then moveLine(line, quantity, -quantity, 0, -line.owed)
elseif before == CONFIRMED then moveLine(line, quantity, 0, -quantity, -line.owed) end
end
end
countUses(r, -1)
if isLive(r) then freeGuards(id, r) end
if struck then strike(r) end
end
local function packGivenBack(r)
local lines = {}
for i = 1, #r.lines do
if r.lines[i].account ~= 0 then lines[#lines + 1] = r.lines[i] end
end
return packLines(lines)
end
local homeExpired = function() end
local current
do
local function expire(id, r)
local struck = r.strike ~= nil
local whole = isWhole(id, r)
r.version = r.version + 1
note(pack('<BHc0I4BB', 69, #id, id, r.version, struck and 1 or 0, whole and 0 or r.status)
.. (whole and '\\0' or packGivenBack(r)))
if not whole then giveBack(id, r, struck) end
r.status, r.until_ = EXPIRED, now
keep(id, r)
if whole then homeExpired(id, r) end
end
function current(id)
local r = reservations[id]
if r == nil then
local text = packedReservation(id)
if not text then return nil end
r = reservation(id)
end
if isLive(r) and now >= r.until_ and not isPiece(id) then expire(id, r) end
return r
end
end
local function expireHolder(root, name)
local guard = guardOf(root, name)
if guard and now >= guard.expiresAt then current(guard.id) end
end
local function shortDigest(text)
return tonumber(string.sub(redis.sha1hex(text), 1, 10), 16)
end
local reserve, replay, strikeOf, limitReached, owedOrShort, noteGrant, claim, owedOf, sellable
do
function replay(r, shape, texts)
if r.status == TOMBSTONED then return 'tombstoned' end
local differs, buyer, lines = {}, texts[shape.y + 1], shape.f
if r.marked then buyer, lines = shortDigest(buyer), shortDigest(lines) end
if (r.buyerDigest or r.text[r.buyer + 1]) ~= buyer then differs[1] = 'buyer' end
if r.linesDigest ~= lines then differs[#differs + 1] = 'lines' end
if #differs > 0 then return { 'id-reused', differs } end
return { 'replayed', r.status, isLive(r) and r.until_ or false }
end
function sellable(account)
return math.max(0, account.available - account.backordered)
end
function owedOf(account, quantity, backorder)
local free = sellable(account)
if quantity <= free then return 0 end
local owed = quantity - free
return backorder and account.backordered + owed <= account.backorderLimit and owed or -1
end
local function closedAccount(shape)
local unknown, notOpen, closed = nil, nil, nil
for i = 1, #shape.l do
local line = shape.l[i]
local account = not line[3] and accountNamed(line[1])
if not account then
if not line[3] then
unknown = unknown or {}
unknown[#unknown + 1] = i - 1
end
elseif account.opensAt and now < account.opensAt then notOpen = notOpen or { i - 1, account.opensAt }
elseif account.closesAt and now >= account.closesAt then closed = closed or { i - 1, account.closesAt } end
end
if unknown then return { 'account-unknown', unknown } end
if shape.e then return nil end
if notOpen then return { 'sale-not-open', notOpen[1], notOpen[2] } end
return closed and { 'sale-closed', closed[1], closed[2] }
end
function strikeOf(root, name)
local strikes = root and subject(name).strikes
return strikes and strikes[root]
end
local EFFECTS = { 'none', 'defer-stock', 'refuse' }
local function assess(gate, texts)
local strikes, until_, tag = 0, false, nil
local function add(record)
if not record then return end
local some = strikesAt(record)
strikes = strikes + some
if some > 0 and (not until_ or record.until_ > until_) then until_ = record.until_ end
if not tag and record.tag ~= NO_TAG and (record.tagUntil == 0 or now < record.tagUntil) then tag = record end
end
add(strikeOf(word(gate.r), texts[gate.s + 1]))
for i = 1, #gate.p do add(strikeOf(word(gate.p[i][1]), texts[gate.p[i][2] + 1])) end
if tag then return EFFECTS[tag.tag], strikes, tag.tagUntil ~= 0 and tag.tagUntil end
if gate.x and strikes >= gate.x then return 'refuse', strikes, until_ end
if gate.d and strikes >= gate.d then return 'defer-stock', strikes, until_ end
return 'none', strikes, until_
end
local function blocked(position, root, name, id)
local guard = guardOf(root, name)
if guard and guard.id ~= id and now < guard.expiresAt then
return { 'unpaid-order', position, guard.id, guard.expiresAt }
end
end
local function unpaidOrder(shape, texts, id)
for i = 1, #shape.g do
local guard = shape.g[i]
local refusal = blocked({ i - 1, -1 }, word(guard[1]), texts[guard[2] + 1], id)
if refusal then return refusal end
for j = 1, #guard[3] do
local prior = guard[3][j]
refusal = blocked({ i - 1, j - 1 }, word(prior[1]), texts[prior[2] + 1], id)
if refusal then return refusal end
end
end
end
local function usedOf(use, texts)
local used = counterOf(word(use[1]), texts[use[2] + 1])
for i = 1, #use[5] do used = used + counterOf(word(use[5][i][1]), texts[use[5][i][2] + 1]) end
return used
end
function limitReached(uses, texts)
for i = 1, #uses do
local use = uses[i]
local used = usedOf(use, texts)
if used + use.quantity > use[3] then return { 'purchase-limit', i - 1, used } end
end
end
function owedOrShort(lines, backorder)
local owed, short, isOwed = {}, nil, false
for i = 1, #lines do
local line = lines[i]
local account = not line[3] and accountNamed(line[1])
local units = line[3] and 0 or -1
if account then units = owedOf(account, line[2], backorder) end
if units < 0 then
short = short or {}
short[#short + 1] = { i - 1, account and sellable(account) or 0 }
elseif units > 0 then isOwed = true end
owed[i] = units
end
return short, isOwed and owed or nil
end
local function takeUnits(lines)
for i = 1, #lines do
local line = lines[i]
local quantity = line.quantity - line.owed
moveLine(line, -quantity, quantity, 0, line.owed)
end
end
function noteGrant(id, record)
note(pack('<BHc0', 71, #id, id) .. record)
end
function claim(id, r)
if r.status == HELD then takeUnits(r.lines) end
countUses(r, 1)
openGuards(id, r)
end
local function grant(id, shape, texts, packedTexts, data, deferred, owed)
local status = deferred and DEFERRED or HELD
local like = not owed and shape[status]
if not like then
like = granted(shape, status, linesToWrite(shape.l, owed))
like.head = packHead(like, 0, packClaims(like))
if not owed then shape[status] = like end
end
like.text = texts
local record = like.head .. packedTexts .. data
noteGrant(id, record)
claim(id, like)
packedReservations[id], reservations[id], changedReservations[id] = record, nil, true
like.noted = nil
noteDue(id, like)
if owed and not isWhole(id, like) then noteOwed(id, like) end
if not deferred and not owed then return like.until_ end
return { 'granted', deferred and 1 or 0, like.until_, owedLines(like.lines) }
end
function reserve(id, shape, texts, packedTexts, data, notAfter)
local known = current(id)
if known then return replay(known, shape, texts) end
if now > notAfter then return 'late' end
if shape.r then return 'refused' end
for i = 1, #shape.g do
local guard = shape.g[i]
expireHolder(word(guard[1]), texts[guard[2] + 1])
for j = 1, #guard[3] do expireHolder(word(guard[3][j][1]), texts[guard[3][j][2] + 1]) end
end
local refusal = closedAccount(shape)
if refusal then return refusal end
local effect, strikes, until_
if shape.k then
effect, strikes, until_ = assess(shape.k, texts)
if effect == 'refuse' then return { 'buyer-refused', strikes, until_ } end
end
refusal = unpaidOrder(shape, texts, id)
if refusal then return refusal end
if shape.passed then return { 'window-passed', shape.passed - 1 } end
refusal = limitReached(shape.u, texts)
if refusal then return refusal end
local short, owed = owedOrShort(shape.l, shape.b)
if short then return { 'insufficient-stock', short } end
local deferred = shape.d or effect == 'defer-stock'
return grant(id, shape, texts, packedTexts, data, deferred, not deferred and owed or nil)
end
end
local plainReserve, tellGrants
do
local grants = 0
local function haveAccounts(shape)
for i = 1, #shape.l do
if not accountNamed(shape.l[i][1]) then return false end
end
return true
end
local function prepare(shape)
local like = granted(shape, HELD, linesToWrite(shape.l))
local claims = packClaims(like)
shape.head, shape.expiresAt = packHead(like, shape.c and claimsToWrite(claims) or 0, claims), like.until_
shape.subjects, shape.packedUntil = newSubjects(shape, like), pack('<I7', like.until_)
shape.claims, shape.lines = claims, like.lines
end
local function isNew(name, found)
return found == false and packedSubjects[name] == nil and subjects[name] == nil
end
local function noteRun(n)
local run = log[#log]
grants = grants + 1
if type(run) == 'table' and run.to == n - 1 then run.to = n
else log[#log + 1] = { from = n, to = n, kept = #reservationFields } end
end
plainReserve = function(n, shape, at)
if shape.plain == nil then shape.plain = isPlain(shape) and haveAccounts(shape) end
local id = ids[n]
if not shape.plain or foundIds[n] or packedReservations[id] or reservations[id] or now > notAfters[n] or #id > 128 then
return nil
end
local texts = shape.n
for j = 1, texts do
if not isNew(names[at + j], foundSubjects[at + j]) then return nil end
end
local lines = shape.l
for i = 1, #lines do
local account = accountNamed(lines[i][1])
if not isOpen(account) then return nil end
local free = account.available - account.backordered
if lines[i][2] > free then
return #lines == 1 and not shape.b and free >= 0 and -1 - free or nil
end
end
if not shape.head then prepare(shape) end
for i = 1, #lines do
local account, quantity = accountNamed(lines[i][1]), lines[i][2]
account.available, account.reserved = account.available - quantity, account.reserved + quantity
accountChanged(account)
end
local packedId, record = packText(id), shape.head .. packedTexts[n] .. datas[n]
for j = 1, texts do
local known = shape.subjects[j]
if known then
local name, text = names[at + j], newSubject(known, shape.packedUntil, packedId)
packedSubjects[name] = text
local kept = #subjectFields
subjectFields[kept + 1], subjectFields[kept + 2] = name, text
end
end
noteRun(n)
packedReservations[id] = record
local kept = #reservationFields
reservationFields[kept + 1], reservationFields[kept + 2] = id, record
return shape.expiresAt
end
local function oneDeadline()
local deadline
for i = 1, #shapes do
local due = shapes[i].expiresAt
if due and deadline and due ~= deadline then return nil end
deadline = deadline or due
end
return deadline
end
local function columns()
local heads = {}
for i = 1, #shapes do heads[i] = packText(shapes[i].head or '') end
return { 'shapes', ARGV[6], 'heads', table.concat(heads), 'ids', ARGV[8], 'texts', ARGV[9], 'data', ARGV[10] }
end
function tellGrants()
if grants == 0 then return {} end
local inColumns = not few and grants * 2 >= reserves
local deadline, told = inColumns and oneDeadline(), {}
for i = 1, #log do
local run = log[i]
if type(run) ~= 'table' then told[#told + 1] = run
else
if inColumns then told[#told + 1] = pack('<BHH', 80, run.from - 1, run.to - run.from + 1) end
for n = run.from, not (inColumns and deadline) and run.to or 0 do
local packedId, due = packText(ids[n]), dueGroup(shapes[shapeOf[n] + 1].expiresAt)
due[#due + 1] = packedId
if not inColumns then
told[#told + 1] = 'G'
told[#told + 1] = packedId
told[#told + 1] = reservationFields[run.kept + 2 * (n - run.from) + 2]
end
end
end
end
log = told
if deadline then
local due = dueGroup(deadline)
due[#due + 1] = ARGV[8]
end
return inColumns and columns() or {}
end
end
local scored, writeBooks
do
local HASHES = { META, WORDS, ACCOUNTS, RESERVATIONS, SUBJECTS, MOVEMENTS }
local function writeReservations()
local fields = reservationFields
for id in pairs(changedReservations) do
fields[#fields + 1] = id
fields[#fields + 1] = packedReservations[id] or packReservation(reservations[id])
end
return fields
end
local function writeSubjects()
local fields, gone = subjectFields, {}
for name in pairs(changedSubjects) do
local text = packSubject(subjects[name])
if text == '' then
gone[#gone + 1] = name
else
fields[#fields + 1] = name
fields[#fields + 1] = text
end
end
return fields, gone
end
function scored(changes, format)
local added, gone = {}, {}
for member, score in pairs(changes) do
if score then
added[#added + 1] = string.format(format, score)
added[#added + 1] = member
else
gone[#gone + 1] = member
end
end
return added, gone
end
function writeBooks(epoch, sequence, owed, writeHomes)
local accountFields = accountsToWrite()
local reservationFields = writeReservations()
local subjectFields, subjectsGone = writeSubjects()
local columns = tellGrants()
local due, dueGone = groupsToWrite()
local owing, owingGone = scored(owedChanges, '%.0f')
local meta = {}
if #log > 0 then
sequence = sequence + 1
meta = { 'sequence', string.format('%.0f', sequence), 'at', string.format('%.0f', now) }
end
if #newWords > 0 then
meta[#meta + 1] = 'words'
meta[#meta + 1] = string.format('%.0f', wordCount)
end
if owedCount ~= owed then
meta[#meta + 1] = 'owed'
meta[#meta + 1] = string.format('%.0f', owedCount)
end
for i = 1, #HASHES do redis.call('HLEN', HASHES[i]) end
redis.call('ZCARD', DUE)
redis.call('ZCARD', OWED)
if #log > 0 then
local id = epoch .. '-' .. string.format('%.0f', sequence)
redis.call('XADD', OUTBOX, id, 'at', string.format('%.0f', now), 'log', table.concat(log), unpack(columns))
end
writeMany('HSET', META, meta)
writeMany('HSET', WORDS, newWords)
writeMany('HSET', ACCOUNTS, accountFields)
writeMany('HSET', RESERVATIONS, reservationFields)
writeMany('HSET', SUBJECTS, subjectFields)
writeMany('HDEL', SUBJECTS, subjectsGone)
writeMany('ZREM', DUE, dueGone)
writeMany('ZADD', DUE, due)
writeMany('ZADD', OWED, owing)
writeMany('ZREM', OWED, owingGone)
writeMany('HSET', MOVEMENTS, newMovements)
if writeHomes then writeHomes() end
end
end
local HANDLERS, keepsHomes = {}, KEYS[11] ~= nil
local changedHomes, unfinishedChanges, writeHomes = {}, {}, nil
if #others > 0 or keepsHomes then
local function restored(_, known) return known end
if not few and string.find(ARGV[11], '"whole":', 1, true) then
local readTold
do
local function named(names)
local written = {}
for i = 1, #names do written[i] = { root = wordToWrite(names[i][1]), subject = names[i][2] } end
return written
end
local function lines(told)
local written = {}
for i = 1, #told do
local account, quantity, owed, returned, place = unpack(told[i])
written[i] = {
account = place and 0 or wordToWrite(account), place = place,
quantity = quantity, owed = owed, returned = returned,
}
end
return written
end
local function uses(told)
local written = {}
for i = 1, #told do
local root, subject_, max, quantity, of, prior = unpack(told[i])
written[i] = {
root = wordToWrite(root), subject = subject_, max = max, quantity = quantity, lines = of, prior = named(prior),
}
end
return written
end
local function why(told)
if not told then return nil end
if told.use then
local root, subject_ = told.root, told.subject
return pack('<BHI3HI7I7I7', 1, told.use, wordToWrite(root), subject_, told.max, told.used, told.requested)
end
if not told.short then return '\\0' end
local parts = { pack('<BB', 2, #told.short) }
for i = 1, #told.short do
local text, requested, available = unpack(told.short[i])
parts[i + 1] = pack('<I3I4I7', wordToWrite(text), requested, available)
end
return table.concat(parts)
end
function readTold(r)
local strike_ = r.strike
r.maxExpiresAt = r.reservedAt + r.longest
r.strike = strike_ and { root = wordToWrite(strike_[1]), subject = strike_[2], ms = strike_[3] } or nil
r.lines, r.uses, r.guards, r.why = lines(r.lines), uses(r.uses), named(r.guards), why(r.why)
r.text, r.textCount = r.texts, #r.texts
local texts = {}
for j = 1, #r.text do texts[j] = packText(r.text[j]) end
r.texts, r.data = table.concat(texts), packOptional(r.data)
r.claims = packClaims(r)
return r
end
end
local function archive(r, sign)
for i = 1, #r.lines do
local line = r.lines[i]
local account = line.account ~= 0 and accountNumbered(line.account)
if account then
account.archived = math.max(0, account.archived + sign * (line.quantity - line.owed - line.returned))
accountChanged(account)
end
end
for i = 1, #r.uses do
local use = r.uses[i]
local counters = subjectToChange(r.text[use.subject + 1]).counters
local counter = counters and counters[use.root]
if counter then counter.archived = math.max(0, counter.archived + sign * use.quantity) end
end
end
local function isSame(marker, r)
return marker.status == CONFIRMED and marker.version == r.version % 256
and marker.buyerDigest == shortDigest(r.text[r.buyer + 1]) and marker.linesDigest == shortDigest(r.linesDigest)
end
restored = function(command, known)
local told, isMarked = command.whole, known and known.marked
if not told or (known and not isMarked and known.status ~= TOMBSTONED) then return known end
local r = readTold(told)
if isMarked and not isSame(known, r) then return known end
if not isMarked and now < told.lapsesAt then return known end
r.word = word('f' .. r.claims) or 0
r.unarchive = function() archive(r, -1) end
return r
end
end
local already, noteOf, lineOf, refund, sell, packShort, wantsUnits
do
function already(r)
return { 'already', r.status }
end
function noteOf(type, id, r, rest)
r.version = r.version + 1
note(pack('<BHc0I4', type, #id, id, r.version) .. rest)
end
function HANDLERS.extend(command)
local r = current(command.id)
if not r then return 'unknown-id' end
if not isLive(r) then return already(r) end
local expiresAt = math.max(r.until_, math.min(now + command.holdMs, r.maxExpiresAt))
if expiresAt ~= r.until_ then
noteOf(88, command.id, r, pack('<I7', expiresAt))
r.until_ = expiresAt
if not isWhole(command.id, r) then openGuards(command.id, r) end
keep(command.id, r)
end
return { 'extended', expiresAt }
end
function lineOf(r, text, place)
local number = not place and word(text)
for i = 1, #r.lines do
local line = r.lines[i]
if place then
if line.account == 0 and r.text[line.place + 1] == place then return line end
elseif line.account ~= 0 and line.account == number then return line end
end
end
function HANDLERS.shrink(command)
local id, r = command.id, current(command.id)
if not r then return 'unknown-id' end
if not isLive(r) then return already(r) end
local kept = {}
for i = 1, #command.keep do
local units = command.keep[i]
local line = lineOf(r, units[1], units[3])
local held = line and line.quantity or 0
if units[2] > held then return { 'exceeds', i - 1, held } end
if line and not kept[line] then kept[line] = units[2] end
end
local before, lines, changed = r.lines, {}, false
for i = 1, #before do
local line = before[i]
local quantity = kept[line] or 0
local owed = math.max(0, line.owed - (line.quantity - quantity))
changed = changed or quantity ~= line.quantity
lines[i] = {
account = line.account, place = line.place, quantity = quantity, owed = owed, returned = 0,
wasOwed = line.owed > 0,
}
end
if not changed then return 'shrunk' end
local whole = isWhole(id, r)
for i = 1, #lines do
local old, line = before[i], lines[i]
local owed = old.owed - line.owed
local quantity = old.quantity - line.quantity - owed
if r.status == HELD and not whole and old.quantity ~= line.quantity then
moveLine(line, quantity, -quantity, 0, -owed)
end
end
for i = 1, #r.uses do
local use, sum = r.uses[i], 0
for j = 1, #use.lines do sum = sum + lines[use.lines[j] + 1].quantity end
if not whole and use.quantity > sum then count(use.root, r.text[use.subject + 1], sum - use.quantity) end
use.quantity = sum
end
r.lines = lines
r.version = r.version + 1
local record = packReservation(r)
note(pack('<BHc0', 75, #id, id) .. record .. (whole and '\\0' or packLines(before)))
keep(id, r)
return 'shrunk'
end
local function takenLines(lines, backorder)
local taken, short = {}, nil
for i = 1, #lines do
local line = lines[i]
local account = line.account ~= 0 and accountNumbered(line.account)
local owed = account and owedOf(account, line.quantity, backorder) or (line.account == 0 and 0 or -1)
if owed < 0 then
short = short or {}
short[#short + 1] = { line, account and sellable(account) or 0 }
end
taken[i] = { account = line.account, place = line.place, quantity = line.quantity, owed = owed, returned = 0 }
end
return taken, short
end
local RELEASED_BEFORE = '\\0'
function packShort(short)
local parts = { pack('<BB', 2, #short) }
for i = 1, #short do
local line = short[i][1]
parts[i + 1] = pack('<I3I4I7', line.account, line.quantity, short[i][2])
end
return table.concat(parts)
end
local function limitReachedAgain(r)
for i = 1, #r.uses do
local use = r.uses[i]
local name = r.text[use.subject + 1]
local used = counterOf(use.root, name)
for j = 1, #use.prior do
local prior = use.prior[j]
used = used + counterOf(prior.root, r.text[prior.subject + 1])
end
if used + use.quantity > use.max then
return pack('<BHI3HI7I7I7', 1, i - 1, use.root, use.subject, use.max, used, use.quantity)
end
end
end
function refund(id, r, payment, why)
local before, whole = r.status, isWhole(id, r)
if not whole then
if before == DEFERRED then countUses(r, -1) end
if isLive(r) then freeGuards(id, r) end
end
r.status, r.payment, r.why, r.until_ = REFUND_REQUIRED, payment, why, now
r.version = r.version + 1
local record = packReservation(r)
note(pack('<BHc0I4', 68, #id, id, r.version) .. record)
keep(id, r)
return { 'refund-required', record }
end
function sell(id, r, payment, late, lines)
local before, whole = r.status, isWhole(id, r)
r.lines, r.late, r.payment, r.status, r.version = lines, late, payment, CONFIRMED, r.version + 1
if not whole then
for i = 1, #lines do
local line = lines[i]
local quantity = line.quantity - line.owed
if line.quantity > 0 then
if before == HELD then moveLine(line, 0, -quantity, quantity, 0)
else moveLine(line, -quantity, 0, quantity, line.owed) end
end
end
if before == EXPIRED then countUses(r, 1) end
if before == HELD or before == DEFERRED then freeGuards(id, r) end
end
r.until_ = now
local record = packReservation(r)
note(pack('<BHc0B', 67, #id, id, whole and 0 or before) .. record)
keep(id, r)
local owed = owedLines(lines)
return { 'confirmed', late and 1 or 0, owed, #owed > 0 and record }
end
local function confirmKnown(id, r, payment)
local status = r.status
if status == HELD then return sell(id, r, payment, false, r.lines) end
if status == DEFERRED or status == EXPIRED then
local why = status == EXPIRED and limitReachedAgain(r)
if why then return refund(id, r, payment, why) end
local lines, short = takenLines(r.lines, r.backorder)
if short then return refund(id, r, payment, packShort(short)) end
return sell(id, r, payment, status == EXPIRED, lines)
end
if status == CONFIRMED then
if r.payment == payment then return already(r) end
return { 'duplicate-payment', r.payment }
end
if status == RELEASED then return refund(id, r, payment, RELEASED_BEFORE) end
if status == TOMBSTONED then return { 'refund-required', false } end
return { 'refund-required', packReservation(r) }
end
local function tombstone(id, home, cause, reason)
local r = {
status = TOMBSTONED, version = 1, reservedAt = now, until_ = now, maxExpiresAt = now, linesDigest = '', home = 0,
buyer = 0, lines = {}, uses = {}, guards = {}, textCount = 1, text = { home }, texts = packText(home),
data = packText(''), cause = cause, reason = reason,
}
local record = packReservation(r)
note(pack('<BHc0', 84, #id, id) .. record)
keep(id, r)
end
local function confirmUnknown(command)
local id, retake = command.id, command.retake
if not retake or now >= retake.until_ then return 'unknown-id' end
local shape, texts = retake.shape, retake.texts
for i = 1, #shape.u do shape.u[i].quantity = sumOf(shape.l, shape.u[i][4]) end
local refusal = limitReached(shape.u, texts)
local short, owed
if not refusal then
short, owed = owedOrShort(shape.l, shape.b)
refusal = short and { 'insufficient-stock', short }
end
if refusal then
tombstone(id, command.home, 'rollback', refusal[1])
return { 'not-retaken', refusal }
end
local r = granted(shape, HELD, linesToWrite(shape.l, owed))
local parts = {}
for i = 1, #texts do parts[i] = packText(texts[i]) end
r.text, r.texts, r.data, r.guards = texts, table.concat(parts), packText(''), {}
r.until_, r.maxExpiresAt = now, now
noteGrant(id, packReservation(r))
claim(id, r)
keep(id, r)
return sell(id, r, command.payment, true, r.lines)
end
function wantsUnits(r)
return r and (r.status == DEFERRED or r.status == EXPIRED)
end
function HANDLERS.confirm(command)
local r = current(command.id)
if r and not r.marked then
if keepsHomes and wantsUnits(r) and isWhole(command.id, r) then return 'unknown-id' end
return confirmKnown(command.id, r, command.payment)
end
if r and r.status ~= EXPIRED then return 'unknown-id' end
return confirmUnknown(command)
end
function HANDLERS.release(command)
local id, cause = command.id, command.cause
local r = restored(command, current(id))
if not r then
tombstone(id, command.home, cause, command.reason)
return 'tombstoned'
end
if not isLive(r) and not (r.status == CONFIRMED and cause == 'rollback') then return already(r) end
if r.marked then return 'marked' end
if r.unarchive then r.unarchive() end
local struck = cause == 'buyer' and isLive(r) and r.strike ~= nil
local whole = isWhole(id, r)
noteOf(82, id, r, packText(cause) .. packOptional(command.reason)
.. string.char(struck and 1 or 0, whole and 0 or r.status) .. (whole and '\\0' or packGivenBack(r)))
if not whole then giveBack(id, r, struck) end
if r.status ~= CONFIRMED then r.payment = nil end
r.status, r.cause, r.reason, r.until_ = RELEASED, cause, command.reason, now
keep(id, r)
return 'released'
end
end
local answerKnown, returnKnown
do
local MOST = 9007199254740991
local function large(number) return string.format('%.0f', number) end
local function refusedDelta(account, delta)
if account.available + delta < 0 then return { 'insufficient-stock', large(account.available) } end
if account.supplied + delta > MOST then return 'overflow' end
end
local function applyDelta(account, delta, id, cause)
account.supplied = account.supplied + delta
move(account, delta, 0, 0, 0)
note(pack('<BI3BI7', 83, account.number, delta < 0 and 1 or 0, math.abs(delta)) .. packText(id) .. packText(cause))
end
function HANDLERS.supply(command)
local text, id, delta = command.account, command.movement, command.delta
local account = accountNamed(text)
if account then
local known = movement(movementField(account.number, nil, id))
if known then return known == command.data and 'replayed-movement' or 'id-reused' end
elseif delta < 0 then return 'account-unknown' end
local refused = refusedDelta(account or { available = 0, supplied = 0 }, delta)
if refused then return refused end
account = account or createAccount(text)
applyDelta(account, delta, id, command.cause)
putMovement(movementField(account.number, nil, id), command.data)
return { 'supplied', large(account.available) }
end
function answerKnown(known, count_, data)
local some, all = false, true
for i = 1, count_ do
some = some or known[i] ~= nil
all = all and known[i] == data
end
if some then return all and 'replayed-movement' or 'id-reused' end
end
function HANDLERS.transfer(command)
local from, to, id = accountNamed(command.from), accountNamed(command.to), command.movement
local known = {}
known[1] = from and movement(movementField(from.number, nil, id)) or nil
known[2] = to and movement(movementField(to.number, nil, id)) or nil
local answer = answerKnown(known, 2, command.data)
if answer then return answer end
if not from or not to then
local unknown = {}
if not from then unknown[1] = 0 end
if not to then unknown[#unknown + 1] = 1 end
return { 'account-unknown', unknown }
end
local refused = refusedDelta(from, -command.quantity)
if refused then return { 'refused', 0, refused } end
refused = refusedDelta(to, command.quantity)
if refused then return { 'refused', 1, refused } end
applyDelta(from, -command.quantity, id, 'transfer')
applyDelta(to, command.quantity, id, 'transfer')
putMovement(movementField(from.number, nil, id), command.data)
putMovement(movementField(to.number, nil, id), command.data)
return 'transferred'
end
function HANDLERS.configure(command)
local account = accountNamed(command.account)
if not account then return 'account-unknown' end
local version, limit = command.version, command.backorderLimit
if version == account.configVersion and command.opensAt == account.opensAt
and command.closesAt == account.closesAt and limit == account.backorderLimit then return 'configured' end
if version <= account.configVersion then return { 'stale-version', large(account.configVersion) } end
account.configVersion, account.backorderLimit = version, limit
account.opensAt, account.closesAt = command.opensAt, command.closesAt
accountChanged(account)
note(pack(
'<BI3I4I7I7I7I7', 90, account.number, account.version + 1, (account.opensAt or -1) + 1,
(account.closesAt or -1) + 1, limit, version
))
return 'configured'
end
function HANDLERS.judge(command)
local names = command.names
for i = 1, #names do
local root, name = names[i][1], names[i][2]
local record = strikeOf(word(root), name)
local tag, tagUntil = NO_TAG, 0
if i == 1 and command.tag then tag, tagUntil = command.tag, command.tagUntil end
if command.tags and (record and record.tag or NO_TAG) ~= tag
or command.tags and tag ~= NO_TAG and record.tagUntil ~= tagUntil then
record = strikeRecord(wordToWrite(root), name)
record.tag, record.tagUntil = tag, tagUntil
end
if command.forgive and record and record.count > 0 then
record = strikeRecord(word(root), name)
record.count, record.until_ = 0, 0
end
if record and record.count == 0 and record.tag == NO_TAG then
subjectToChange(name).strikes[word(root)] = nil
end
end
return 'judged'
end
function returnKnown(command, r)
local id, units, lines = command.id, command.units, {}
if not r then return 'unknown-id' end
if r.status ~= CONFIRMED then return already(r) end
if r.marked then return 'marked' end
for i = 1, #units do
lines[i] = lineOf(r, units[i][1], units[i][3])
local line = lines[i]
local held = line and line.quantity - line.owed - line.returned or 0
if units[i][2] > held then return { 'exceeds', i - 1, held } end
end
if r.unarchive then r.unarchive() end
local whole = isWhole(id, r)
local flags = string.char(command.restock and 1 or 0, command.giveBackUses and 1 or 0, whole and 1 or 0)
local parts, back = { packText(command.movement), flags, string.char(#units) }, {}
for i = 1, #units do
local line, quantity = lines[i], units[i][2]
back[line] = quantity
line.returned = line.returned + quantity
parts[#parts + 1] = pack('<I3I4', line.account, quantity) .. (line.account == 0 and packText(units[i][3]) or '')
local account = not whole and line.account ~= 0 and accountNumbered(line.account)
if account then
if not command.restock then account.supplied = account.supplied - quantity end
move(account, command.restock and quantity or 0, 0, -quantity, 0)
end
if not whole then putMovement(movementField(line.account, units[i][3], command.movement), command.data) end
end
if command.giveBackUses then
for i = 1, #r.uses do
local use, sum = r.uses[i], 0
for j = 1, #use.lines do sum = sum + (back[r.lines[use.lines[j] + 1]] or 0) end
sum = math.min(sum, use.quantity)
if not whole then count(use.root, r.text[use.subject + 1], -sum) end
use.quantity = use.quantity - sum
end
end
noteOf(85, id, r, table.concat(parts))
keep(id, r)
return 'returned'
end
HANDLERS['return'] = function(command)
local r, known, units = restored(command, current(command.id)), {}, command.units
for i = 1, #units do
known[i] = movement(movementField(word(units[i][1]), units[i][3], command.movement))
end
return answerKnown(known, #units, command.data) or returnKnown(command, r)
end
end
local noteFilled, handOut
do
local HOMES, UNFINISHED = KEYS[11], KEYS[12]
local ASK_AGAIN, LEFT_ALONE = 15000, 15000
local homes = {}
local function homeRecord(id)
local record = homes[id]
if record == nil then
local text = redis.call('HGET', HOMES, id)
record = text and cjson.decode(text) or { status = 'absent' }
homes[id] = record
end
return record
end
local function isFinished(record, r)
return record.status == 'admitted' and not record.taking and #record.strays == 0 and r ~= nil
and record.followed >= r.version
end
local function putHome(id, home, record, finished)
record.home = home
homes[id], changedHomes[id] = record, true
unfinishedChanges[id] = record.status ~= 'absent' and not finished and now
end
local function noteHome(id, home)
local record = homeRecord(id)
if record.status ~= 'absent' then putHome(id, home, record, isFinished(record, reservation(id))) end
end
homeExpired = function(id, r) noteHome(id, r.text[r.home + 1]) end
local function openAttempt(record)
if record.status == 'pending' then return record.attempt end
return record.status == 'admitted' and record.taking or nil
end
local function append(one, other)
local both = {}
for i = 1, #one do both[i] = one[i] end
for i = 1, #other do both[#one + i] = other[i] end
return both
end
local function holdsUnits(piece)
return piece.lines ~= cjson.null
end
local function some(pieces, wanted)
local found = {}
for i = 1, #pieces do
if wanted(pieces[i]) then found[#found + 1] = pieces[i] end
end
return found
end
local function abortedBefore(token, record)
local known = record.status == 'aborted' and record.token == token
return { 'aborted', known and record.refusal or false }
end
local function pending(attempt)
return { 'pending', cjson.encode(attempt) }
end
local function abort(id, home, token, refusal)
local record = homeRecord(id)
local attempt = openAttempt(record)
if attempt and attempt.token == token then
if record.status == 'admitted' then
record.taking, record.strays = nil, append(record.strays, attempt.pieces)
else record = { status = 'aborted', token = token, refusal = refusal, strays = attempt.pieces } end
putHome(id, home, record, false)
return { 'aborted', refusal or false }
end
return record.status == 'admitted' and 'noted' or abortedBefore(token, record)
end
local function begin(id, home, step, r)
if r then return replay(r, step.print, step.print.texts) end
if now > step.notAfter then return 'late' end
if step.refused then return 'refused' end
local record = homeRecord(id)
if record.status == 'pending' then return pending(record.attempt) end
if record.status == 'aborted' then return 'unsettled' end
if record.status == 'admitted' then return 'noted' end
putHome(id, home, { status = 'pending', attempt = step.attempt }, false)
return 'begun'
end
local function wholeLines(told)
local lines = {}
for i = 1, #told do
local line = told[i]
lines[i] = { account = wordToWrite(line[1]), quantity = line[2], owed = line[3], returned = line[4] }
end
return lines
end
local function admit(id, home, step, r)
local shape = step.shape
if r then return replay(r, shape, shape.texts) end
local record = homeRecord(id)
if record.status ~= 'pending' or record.attempt.token ~= step.token then
return record.status == 'admitted' and 'noted' or abortedBefore(step.token, record)
end
local pieces = record.attempt.pieces
local kept, strays = pieces, {}
if step.deferred then
kept = some(pieces, function(piece) return not holdsUnits(piece) end)
strays = some(pieces, holdsUnits)
end
putHome(id, home, { status = 'admitted', pieces = kept, strays = strays, followed = 0, returns = {} }, false)
for i = 1, #shape.u do shape.u[i].quantity = shape.u[i][6] end
local whole = granted(shape, step.deferred and DEFERRED or HELD, wholeLines(shape.l))
local parts = {}
for i = 1, #shape.texts do parts[i] = packText(shape.texts[i]) end
whole.text, whole.texts, whole.data = shape.texts, table.concat(parts), packText(step.data)
noteGrant(id, packReservation(whole))
keep(id, whole)
return { 'granted', step.deferred and 1 or 0, whole.until_, owedLines(whole.lines) }
end
local function packTold(why, r)
if why.short then
local short = {}
for i = 1, #why.short do
local one = why.short[i]
short[i] = { { account = wordToWrite(one[1]), quantity = one[2] }, one[3] }
end
return packShort(short)
end
local use = r.uses[why.use + 1]
return pack('<BHI3HI7I7I7', 1, why.use, use.root, use.subject, why.max, why.used, why.requested)
end
local function pay(id, home, step, r)
local record = homeRecord(id)
local attempt = openAttempt(record)
if not attempt or attempt.token ~= step.token or not r or r.version ~= step.version then
abort(id, home, step.token, nil)
return { 'aborted', false }
end
local late = r.status == EXPIRED
if step.why then
local why = step.why
if not late and not why.short then why = { short = {} } end
local outcome = refund(id, r, step.payment, packTold(why, r))
abort(id, home, step.token, nil)
return outcome
end
local outcome = sell(id, r, step.payment, late, wholeLines(step.lines))
local pieces = record.taking.pieces
if late then
record.strays = append(record.strays, record.pieces)
record.pieces = pieces
else record.pieces = append(record.pieces, pieces) end
record.taking = nil
putHome(id, home, record, false)
return outcome
end
local function returnWhole(id, home, command)
local record, known = homeRecord(id), {}
local returns = record.status == 'admitted' and record.returns or {}
for i = 1, #command.units do
for j = 1, #returns do
local one = returns[j]
if one.movement == command.movement then
for k = 1, #one.accounts do
if one.accounts[k] == command.units[i][1] then known[i] = one.data end
end
end
end
end
local answer = answerKnown(known, #command.units, command.data)
if answer then return answer end
answer = returnKnown(command, reservation(id))
if answer == 'returned' and record.status == 'admitted' then
local accounts = {}
for i = 1, #command.units do accounts[i] = command.units[i][1] end
record.returns[#record.returns + 1] = {
movement = command.movement, accounts = accounts, data = command.data, told = command.told,
}
putHome(id, home, record, false)
end
return answer
end
local function settleWhole(id, home, command, r)
if command.kind == 'confirm' and wantsUnits(r) then return 'units-wanted' end
local record = homeRecord(id)
if command.kind == 'release' and not r and record.status == 'pending' then
abort(id, home, record.attempt.token, nil)
end
if command.kind == 'return' then return returnWhole(id, home, command) end
return HANDLERS[command.kind](command)
end
function noteFilled(id)
unfinishedChanges[id] = now
end
local function told(id, step, r)
if not r or r.version == step.version then unfinishedChanges[id] = false end
return 'noted'
end
local function isOwn(record, id)
return record.status == 'admitted' and #some(record.pieces, function(piece) return piece.id == id end) > 0
end
local function filledWhole(id, home, step, r)
if not r or (r.status ~= HELD and r.status ~= CONFIRMED) then return 'noted' end
local record = homeRecord(id)
if not isOwn(record, step.piece) then return 'noted' end
local line = lineOf(r, step.account)
if not line or line.owed <= step.owedLeft then return 'noted' end
local quantity, before = line.owed - step.owedLeft, r.version
line.owed = step.owedLeft
noteOf(70, id, r, pack('<I3I4I4B', line.account, quantity, step.owedLeft, 0))
keep(id, r)
if record.followed == before then
record.followed = before + 1
putHome(id, home, record, false)
end
return 'noted'
end
local function followed(id, home, step)
local record = homeRecord(id)
if record.status ~= 'admitted' and record.status ~= 'aborted' then return 'noted' end
local givenBack = {}
for i = 1, #step.strays do givenBack[step.strays[i]] = true end
record.strays = some(record.strays, function(piece) return not givenBack[piece.id] end)
if record.status == 'admitted' then record.followed = math.max(record.followed, step.version)
elseif #record.strays == 0 then record = { status = 'absent' } end
putHome(id, home, record, false)
return 'noted'
end
local function take(id, home, step, r)
local record = homeRecord(id)
if not wantsUnits(r) or record.status ~= 'admitted' then return { 'aborted', false } end
if record.taking then return pending(record.taking) end
record.taking = step.attempt
putHome(id, home, record, false)
return 'begun'
end
local function stepAtHome(id, home, step, r)
local kind = step.kind
if kind == 'begin' then return begin(id, home, step, r) end
if kind == 'admit' then return admit(id, home, step, r) end
if kind == 'settle' then return settleWhole(id, home, step.command, r) end
if kind == 'take' then return take(id, home, step, r) end
if kind == 'pay' then return pay(id, home, step, r) end
if kind == 'filled' then return filledWhole(id, home, step, r) end
if kind == 'told' then return told(id, step, r) end
if kind == 'abort' then return abort(id, home, step.token, step.refusal) end
if kind == 'followed' then return followed(id, home, step) end
return 'noted'
end
function HANDLERS.pieced(command)
local id, home = command.id, command.home
local answer = stepAtHome(id, home, command.step, current(id))
noteHome(id, home)
local r = reservation(id)
return { 'pieced', answer, cjson.encode(homeRecord(id)), r and not r.marked and packReservation(r) or false }
end
function handOut(due, expired, limit)
local pieces, orders = {}, {}
for i = 1, #due do
local id = due[i]
local r = isPiece(id) and reservation(id)
if r then
pieces[#pieces + 1] = id
noteOf(88, id, r, pack('<I7', now + ASK_AGAIN))
r.until_ = now + ASK_AGAIN
openGuards(id, r)
keep(id, r)
end
end
for i = 1, #expired do
local r = reservation(expired[i])
if isWhole(expired[i], r) then orders[#orders + 1] = { expired[i], r.text[r.home + 1] } end
end
local changed = 0
for _ in pairs(unfinishedChanges) do changed = changed + 1 end
local left = inIndex(UNFINISHED, unfinishedChanges, changed, '-inf', now - LEFT_ALONE, limit)
for i = 1, #left do
local id = left[i][1]
local r = isPiece(id) and reservation(id)
local home = isPiece(id) and (r and r.text[r.home + 1] or '') or homeRecord(id).home
orders[#orders + 1] = { id, home }
unfinishedChanges[id] = now
end
return { pieces, orders }
end
function writeHomes()
local kept, gone = {}, {}
for id in pairs(changedHomes) do
local record = homes[id]
if record.status == 'absent' then gone[#gone + 1] = id
else
kept[#kept + 1] = id
kept[#kept + 1] = cjson.encode(record)
end
end
local unfinished, finished = scored(unfinishedChanges, '%.0f')
return function()
writeMany('HSET', HOMES, kept)
writeMany('HDEL', HOMES, gone)
writeMany('ZADD', UNFINISHED, unfinished)
writeMany('ZREM', UNFINISHED, finished)
end
end
end
function HANDLERS.sweep(command)
local due, nextDue = dueHolds(command.limit)
local expired = {}
for i = 1, #due do
local r = current(due[i])
if r and r.status == EXPIRED then expired[#expired + 1] = due[i] end
end
local unsettled = keepsHomes and handOut(due, expired, command.limit) or false
return { 'swept', expired, nextDue, nextDue and nextDue <= now and 1 or 0, unsettled }
end
function HANDLERS.fill(command)
local account = accountNamed(command.account)
if not account then return 'account-unknown' end
local changed = 0
for _ in pairs(owedChanges) do changed = changed + 1 end
local from = account.number * OWED_RANGE
local owing = inIndex(OWED, owedChanges, changed, from, from + OWED_RANGE - 1, command.limit)
local filled = {}
for i = 1, #owing do
if account.available == 0 then break end
local id = string.sub(owing[i][1], 4)
local r = current(id)
local line
if r and (r.status == HELD or r.status == CONFIRMED) then
for j = 1, #r.lines do
if r.lines[j].account == account.number then line = r.lines[j] end
end
end
local quantity = line and math.min(line.owed, account.available) or 0
if quantity > 0 then
line.owed, line.wasOwed = line.owed - quantity, true
noteOf(70, id, r, pack('<I3I4I4B', account.number, quantity, line.owed, r.status))
local held = r.status == HELD
move(account, -quantity, held and quantity or 0, held and 0 or quantity, -quantity)
keep(id, r)
if isPiece(id) then noteFilled(id) end
filled[#filled + 1] = { id, quantity }
end
end
return { 'filled', filled, account.available > 0 and account.backordered > 0 and 1 or 0 }
end
end
local otherIds = column('Hc0', #others, ARGV[12] or '')
for i = 1, #others do
local command, id = others[i], otherIds[i]
command.id = id
if command.step and command.step.command then command.step.command.id = id end
end
local mayBePlain = true
for i = 1, #others do
if others[i].kind == 'sweep' then mayBePlain = false end
end
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
local MOST = 4096
local function bounds(uses)
local from, to = 0, math.huge
for i = 1, #uses do from, to = math.max(from, uses[i][6]), math.min(to, uses[i][7] or to) end
return from, to
end
local function readyOf(shape)
local from, to = bounds(shape.u)
local lines, claims = shape.lines, shape.claims
local parts = { pack('<dddBBHc0', shape.h, from, to, shape.b and 1 or 0, #lines, #claims, claims) }
for i = 1, #lines do
local number = string.format('%.0f', lines[i].account)
parts[#parts + 1] = pack('<Hc0I4', #number, number, lines[i].quantity)
end
for j = 1, shape.n do
local counters, guards = '', {}
if shape.subjects[j] then counters, guards = shape.subjects[j][1], shape.subjects[j][2] end
parts[#parts + 1] = pack('<Hc0B', #counters, counters, #guards) .. table.concat(guards)
end
return table.concat(parts)
end
local function keepShape(text, shape)
if redis.call('HLEN', SHAPES) >= MOST then
local found, gone = redis.call('HSCAN', SHAPES, meta[2] or 0, 'COUNT', 100)[2], {}
for i = 1, #found, 2 do gone[#gone + 1] = found[i] end
writeMany('HDEL', SHAPES, gone)
end
redis.call('HSET', SHAPES, text, readyOf(shape))
end
keepShape(ARGV[5], shapes[1])
end
return outcomes
`)

export const DUMP = `
local function clock()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
end
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
`

export const HASH = `
return redis.call('HGETALL', KEYS[1])
`

export const READ = `
local function clock()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local function argumentsFrom(first)
return function(count)
local some = {}
for i = 1, tonumber(count) do some[i] = ARGV[first + i - 1] end
first = first + #some
return some
end
end
local arguments = argumentsFrom(4)
local accounts, reservations, subjects = arguments(ARGV[1]), arguments(ARGV[2]), arguments(ARGV[3])
local numbers = readMany(KEYS[2], accounts)
for i = 1, #accounts do numbers[i] = numbers[i] and redis.call('HGET', KEYS[3], numbers[i]) end
return {
clock(), redis.call('HGET', KEYS[1], 'epoch'),
numbers, readMany(KEYS[4], reservations), readMany(KEYS[5], subjects),
}
`

export const CREATE = `
local function clock()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
end
if string.format('%d', 2 ^ 53) ~= '9007199254740992' then
return redis.error_reply('ERR Holdfast needs a server of 64 bits')
end
local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[1] or known[2] then return tonumber(known[1] or known[2]) end
local epoch = clock()
redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch))
return epoch
`

export const MARK_ENDED = `
local RESERVATIONS, WORDS, ACCOUNTS, SUBJECTS, META = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local known = redis.call('HMGET', META, 'epoch', 'followed')
if known[1] ~= ARGV[1] then return 0 end
local MOVEMENTS, now = nil, 0
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local pack, unpackAt = struct.pack, struct.unpack
local HELD, DEFERRED, CONFIRMED, RELEASED, EXPIRED, REFUND_REQUIRED, TOMBSTONED = 1, 2, 3, 4, 5, 6, 7
local CHANGE = '<BI3I4I7I7I7I7I7'
local ACCOUNT = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+ %S+) (%S+)$'
local function packText(text)
return pack('<Hc0', #text, text)
end
local function column(format, count, text)
local most = 1000
if count <= most then
local values = { unpackAt('<' .. string.rep(format, count), text) }
values[count + 1] = nil
return values
end
local values, at = {}, 1
while #values < count do
local some = math.min(count - #values, most)
local part = { unpackAt('<' .. string.rep(format, some), text, at) }
for i = 1, some do values[#values + 1] = part[i] end
at = part[some + 1]
end
return values
end
local function packLines(lines)
local packed = string.char(#lines)
for i = 1, #lines do
local line = lines[i]
packed = packed .. pack('<I3I4I4I4', line.account, line.quantity, line.owed, line.returned)
if line.account == 0 then packed = packed .. string.char(line.place) end
end
return packed
end
local function packNames(names)
local packed = pack('<H', #names)
for i = 1, #names do packed = packed .. pack('<I3H', names[i].root, names[i].subject) end
return packed
end
local function packUses(uses)
local packed = pack('<H', #uses)
for i = 1, #uses do
local use = uses[i]
packed = packed .. pack('<I3HI7I7', use.root, use.subject, use.max, use.quantity)
.. string.char(#use.lines, unpack(use.lines)) .. packNames(use.prior)
end
return packed
end
local function packCounter(root, used, archived)
if archived == 0 and used < 4294967296 then return pack('<BI3I4', 4, root, used) end
if archived == used and used < 4294967296 then return pack('<BI3I4', 5, root, used) end
return pack('<BI3I7I7', 1, root, used, archived)
end
local DAY = 86400000
local function dayOf(at)
return math.floor(at / DAY)
end
local function packClaims(r)
local strike = r.strike
return pack(
'<I7BHc0BB',
r.maxExpiresAt - r.reservedAt, (r.backorder and 1 or 0) + (r.late and 2 or 0) + (strike and 4 or 0),
#r.linesDigest, r.linesDigest, r.home, r.buyer
)
.. packLines(r.lines) .. packUses(r.uses) .. packNames(r.guards)
.. (strike and pack('<I3HI7', strike.root, strike.subject, strike.ms) or '')
.. pack('<H', r.textCount)
end
local function packHead(r, number, claims)
local head = pack('<BI4I7I7I3', r.status, r.version, r.reservedAt, r.until_, number)
return number == 0 and head .. claims or head
end
local function unpackAccount(number, text)
local available, reserved, sold, backordered, supplied, archived, opensAt, closesAt, settings, version =
string.match(text, ACCOUNT)
local backorderLimit, configVersion = string.match(settings, '(%S+) (%S+)')
return {
number = number,
available = tonumber(available), reserved = tonumber(reserved), sold = tonumber(sold),
backordered = tonumber(backordered), supplied = tonumber(supplied), archived = tonumber(archived),
opensAt = tonumber(opensAt), closesAt = tonumber(closesAt), backorderLimit = tonumber(backorderLimit),
configVersion = tonumber(configVersion), version = tonumber(version),
}
end
local function packAccount(account)
local opensAt, closesAt = account.opensAt, account.closesAt
return string.format(
'%.0f %.0f %.0f %.0f %.0f %.0f %s %s %.0f %.0f %.0f',
account.available, account.reserved, account.sold, account.backordered, account.supplied, account.archived,
opensAt and string.format('%.0f', opensAt) or '-', closesAt and string.format('%.0f', closesAt) or '-',
account.backorderLimit, account.configVersion, account.version
)
end
local function packChange(account)
return pack(
CHANGE, 65, account.number, account.version,
account.available, account.reserved, account.sold, account.backordered, account.supplied
)
end
local function isOpen(account)
return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
end
local words, newWords, wordCount = {}, {}, 0
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
local function unpackLines(text, at)
local lines, count = {}, string.byte(text, at)
at = at + 1
for i = 1, count do
local account, quantity, owed, returned, after = unpackAt('<I3I4I4I4', text, at)
local line = { account = account, quantity = quantity, owed = owed, returned = returned }
if account == 0 then
line.place = string.byte(text, after)
after = after + 1
end
lines[i], at = line, after
end
return lines, at
end
local function unpackNames(text, at)
local names, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local root, subject, after = unpackAt('<I3H', text, at)
names[i], at = { root = root, subject = subject }, after
end
return names, at
end
local function unpackUses(text, at)
local uses, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local use = { lines = {} }
local lines
use.root, use.subject, use.max, use.quantity, lines, at = unpackAt('<I3HI7I7B', text, at)
for j = 1, lines do use.lines[j] = string.byte(text, at + j - 1) end
use.prior, at = unpackNames(text, at + lines)
uses[i] = use
end
return uses, at
end
local function packOptional(text)
return packText(text == nil and '' or '=' .. text)
end
local function unpackOptional(text, at)
local value, after = unpackAt('<Hc0', text, at)
if value == '' then return nil, after end
return string.sub(value, 2), after
end
local function isMarker(text)
return string.byte(text) >= 128
end
local claimsOfWord
local packReservation
do
local function packTail(r)
if r.status == CONFIRMED then return packText(r.payment) end
if r.status == RELEASED then return packText(r.cause) .. packOptional(r.reason) .. packOptional(r.payment) end
if r.status == REFUND_REQUIRED then return packText(r.payment) .. packText(r.why) end
if r.status == TOMBSTONED then return packText(r.cause) .. packOptional(r.reason) end
return ''
end
function packReservation(r)
local claims = packClaims(r)
return packHead(r, r.claims == claims and r.word or 0, claims) .. r.texts .. r.data .. packTail(r)
end
end
local unpackReservation
do
local function unpackClaims(r, text, at)
local longest, flags
longest, flags, r.linesDigest, r.home, r.buyer, at = unpackAt('<I7BHc0BB', text, at)
r.maxExpiresAt = r.reservedAt + longest
r.backorder, r.late = flags % 2 == 1, flags % 4 >= 2
r.lines, at = unpackLines(text, at)
r.uses, at = unpackUses(text, at)
r.guards, at = unpackNames(text, at)
if flags >= 4 then
local strike = {}
strike.root, strike.subject, strike.ms, at = unpackAt('<I3HI7', text, at)
r.strike = strike
end
r.textCount, at = unpackAt('<H', text, at)
return at
end
function unpackReservation(text)
local r, at = {}, nil
if isMarker(text) then
r.status, r.day, r.version, r.buyerDigest, r.linesDigest = unpackAt('<BHBI5I5', text)
r.status, r.marked = r.status % 128, true
return r
end
r.status, r.version, r.reservedAt, r.until_, r.word, at = unpackAt('<BI4I7I7I3', text)
if r.word == 0 then at = unpackClaims(r, text, at)
else
r.claims = claimsOfWord(r.word)
unpackClaims(r, r.claims, 1)
end
if r.status == HELD or r.status == DEFERRED then r.noted = r.until_ end
local from = at
r.text = {}
for i = 1, r.textCount do r.text[i], at = unpackAt('<Hc0', text, at) end
r.texts = string.sub(text, from, at - 1)
local _, after = unpackAt('<Hc0', text, at)
r.data = string.sub(text, at, after - 1)
at = after
if r.status == CONFIRMED then r.payment = unpackAt('<Hc0', text, at)
elseif r.status == RELEASED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason, at = unpackOptional(text, at)
r.payment = unpackOptional(text, at)
elseif r.status == REFUND_REQUIRED then r.payment, r.why = unpackAt('<Hc0Hc0', text, at)
elseif r.status == TOMBSTONED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason = unpackOptional(text, at)
end
return r
end
end
local function isLive(r)
return r.status == HELD or r.status == DEFERRED
end
local function isPiece(id)
if #id <= 128 then return false end
local _, trailing = string.gsub(id, '[\\128-\\191]', '')
local _, pairs_ = string.gsub(id, '[\\240-\\247]', '')
return #id - trailing + pairs_ > 128
end
local function isWhole(id, r)
return string.sub(r.text[r.home + 1], 1, 8) == '/pieced/' and not isPiece(id)
end
local NO_TAG = 0
local function packSubject(s)
local parts, n = {}, 0
if s.counters then
for root, counter in pairs(s.counters) do
if counter.used ~= 0 or counter.archived ~= 0 then
n = n + 1
parts[n] = packCounter(root, counter.used, counter.archived)
end
end
end
if s.guards then
for root, guard in pairs(s.guards) do
n = n + 1
parts[n] = pack('<BI3I7Hc0', 2, root, guard.expiresAt, #guard.id, guard.id)
end
end
if s.strikes then
for root, strike in pairs(s.strikes) do
n = n + 1
parts[n] = pack('<BI3I4I7BI7', 3, root, strike.count, strike.until_, strike.tag, strike.tagUntil)
end
end
return table.concat(parts)
end
local function unpackSubject(text)
local s, at, length = {}, 1, #text
while at <= length do
local kind, root
kind, root, at = unpackAt('<BI3', text, at)
if kind == 1 or kind == 4 or kind == 5 then
local counter = { archived = 0 }
if kind ~= 1 then
counter.used, at = unpackAt('<I4', text, at)
if kind == 5 then counter.archived = counter.used end
else
counter.used, counter.archived, at = unpackAt('<I7I7', text, at)
end
s.counters = s.counters or {}
s.counters[root] = counter
elseif kind == 2 then
local guard = {}
guard.expiresAt, guard.id, at = unpackAt('<I7Hc0', text, at)
s.guards = s.guards or {}
s.guards[root] = guard
else
local strike = {}
strike.count, strike.until_, strike.tag, strike.tagUntil, at = unpackAt('<I4I7BI7', text, at)
s.strikes = s.strikes or {}
s.strikes[root] = strike
end
end
return s
end
local accounts, changedAccounts = {}, {}
local packedReservations, reservations, changedReservations = {}, {}, {}
local packedSubjects, subjects, changedSubjects = {}, {}, {}
local owedChanges, owedCount = {}, 0
local movements, newMovements = {}, {}
local reservationFields, subjectFields = {}, {}
local log = {}
local function note(event)
log[#log + 1] = event
end
local claimsByNumber = {}
claimsOfWord = function(number)
local claims = claimsByNumber[number]
if not claims then
claims = string.sub(redis.call('HGET', WORDS, '#' .. string.format('%.0f', number)), 2)
claimsByNumber[number] = claims
end
return claims
end
local function claimsToWrite(claims)
local number = wordToWrite('f' .. claims)
claimsByNumber[number] = claims
return number
end
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
local function accountChanged(account)
if not account.changed then
account.changed = true
changedAccounts[#changedAccounts + 1] = account
end
end
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
local function movementField(number, place, id)
if place then return 'e' .. #place .. ':' .. place .. id end
return string.format('%.0f:', number or 0) .. id
end
local function movement(field)
local data = movements[field]
if data == nil then
local text = redis.call('HGET', MOVEMENTS, field)
data = text and string.sub(text, 1, -3)
movements[field] = data
end
return data or nil
end
local function putMovement(field, data)
movements[field] = data
newMovements[#newMovements + 1] = field
newMovements[#newMovements + 1] = data .. pack('<H', math.floor(now / 86400000))
end
local function archive(r, sign)
for i = 1, #r.lines do
local line = r.lines[i]
local account = line.account ~= 0 and accountNumbered(line.account)
if account then
account.archived = math.max(0, account.archived + sign * (line.quantity - line.owed - line.returned))
accountChanged(account)
end
end
for i = 1, #r.uses do
local use = r.uses[i]
local counters = subjectToChange(r.text[use.subject + 1]).counters
local counter = counters and counters[use.root]
if counter then counter.archived = math.max(0, counter.archived + sign * use.quantity) end
end
end
local function shortDigest(text)
return tonumber(string.sub(redis.sha1hex(text), 1, 10), 16)
end
local function packMarker(r, day)
local buyer, lines = shortDigest(r.text[r.buyer + 1]), shortDigest(r.linesDigest)
return pack('<BHBI5I5', 128 + r.status, day, r.version % 256, buyer, lines)
end
local function isOwed(r)
for i = 1, #r.lines do
if r.lines[i].owed > 0 then return true end
end
return false
end
local function isToMark(id, r)
if isPiece(id) or isWhole(id, r) then return false end
if r.status == CONFIRMED then return not isOwed(r) end
return r.status == RELEASED or r.status == EXPIRED or r.status == REFUND_REQUIRED
end
local marked = {}
local function mark(id, r, day)
marked[#marked + 1] = r
reservationFields[2 * #marked - 1], reservationFields[2 * #marked] = id, packMarker(r, day)
end
local function readSubjects()
local asked = {}
for i = 1, #marked do
local r = marked[i]
for j = 1, r.status == CONFIRMED and #r.uses or 0 do asked[#asked + 1] = r.text[r.uses[j].subject + 1] end
end
local texts = readMany(SUBJECTS, asked)
for i = 1, #asked do packedSubjects[asked[i]] = texts[i] end
end
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
local ids = {}
for i = 2, #ARGV, 3 do ids[#ids + 1] = ARGV[i] end
local found = readMany(RESERVATIONS, ids)
for i = 1, #ids do
local id, text = ids[i], found[i]
if text and not isMarker(text) then
local r = unpackReservation(text)
if r.version == tonumber(ARGV[3 * i]) and isToMark(id, r) then mark(id, r, dayOf(tonumber(ARGV[3 * i + 1]))) end
end
end
writeMarked()
if not known[2] then redis.call('HSET', META, 'followed', '1') end
return #marked
`

export const FORGET_ENDED = timed(`
local META, RESERVATIONS, MOVEMENTS, WORDS, ACCOUNTS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local HOMES, UNFINISHED = KEYS[7], KEYS[8]
local EVERY = 1000
local LEFT = 3600000
local meta = redis.call('HMGET', META, 'epoch', 'scanned', 'scan-reservations', 'scan-movements', 'followed')
local now, retention = clock(), tonumber(ARGV[1])
if not meta[1] or now < tonumber(meta[2] or 0) + EVERY then return 0 end
local mostMarked = meta[5] and tonumber(ARGV[3]) or 0
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local pack, unpackAt = struct.pack, struct.unpack
local HELD, DEFERRED, CONFIRMED, RELEASED, EXPIRED, REFUND_REQUIRED, TOMBSTONED = 1, 2, 3, 4, 5, 6, 7
local CHANGE = '<BI3I4I7I7I7I7I7'
local ACCOUNT = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+ %S+) (%S+)$'
local function packText(text)
return pack('<Hc0', #text, text)
end
local function column(format, count, text)
local most = 1000
if count <= most then
local values = { unpackAt('<' .. string.rep(format, count), text) }
values[count + 1] = nil
return values
end
local values, at = {}, 1
while #values < count do
local some = math.min(count - #values, most)
local part = { unpackAt('<' .. string.rep(format, some), text, at) }
for i = 1, some do values[#values + 1] = part[i] end
at = part[some + 1]
end
return values
end
local function packLines(lines)
local packed = string.char(#lines)
for i = 1, #lines do
local line = lines[i]
packed = packed .. pack('<I3I4I4I4', line.account, line.quantity, line.owed, line.returned)
if line.account == 0 then packed = packed .. string.char(line.place) end
end
return packed
end
local function packNames(names)
local packed = pack('<H', #names)
for i = 1, #names do packed = packed .. pack('<I3H', names[i].root, names[i].subject) end
return packed
end
local function packUses(uses)
local packed = pack('<H', #uses)
for i = 1, #uses do
local use = uses[i]
packed = packed .. pack('<I3HI7I7', use.root, use.subject, use.max, use.quantity)
.. string.char(#use.lines, unpack(use.lines)) .. packNames(use.prior)
end
return packed
end
local function packCounter(root, used, archived)
if archived == 0 and used < 4294967296 then return pack('<BI3I4', 4, root, used) end
if archived == used and used < 4294967296 then return pack('<BI3I4', 5, root, used) end
return pack('<BI3I7I7', 1, root, used, archived)
end
local DAY = 86400000
local function dayOf(at)
return math.floor(at / DAY)
end
local function packClaims(r)
local strike = r.strike
return pack(
'<I7BHc0BB',
r.maxExpiresAt - r.reservedAt, (r.backorder and 1 or 0) + (r.late and 2 or 0) + (strike and 4 or 0),
#r.linesDigest, r.linesDigest, r.home, r.buyer
)
.. packLines(r.lines) .. packUses(r.uses) .. packNames(r.guards)
.. (strike and pack('<I3HI7', strike.root, strike.subject, strike.ms) or '')
.. pack('<H', r.textCount)
end
local function packHead(r, number, claims)
local head = pack('<BI4I7I7I3', r.status, r.version, r.reservedAt, r.until_, number)
return number == 0 and head .. claims or head
end
local function unpackAccount(number, text)
local available, reserved, sold, backordered, supplied, archived, opensAt, closesAt, settings, version =
string.match(text, ACCOUNT)
local backorderLimit, configVersion = string.match(settings, '(%S+) (%S+)')
return {
number = number,
available = tonumber(available), reserved = tonumber(reserved), sold = tonumber(sold),
backordered = tonumber(backordered), supplied = tonumber(supplied), archived = tonumber(archived),
opensAt = tonumber(opensAt), closesAt = tonumber(closesAt), backorderLimit = tonumber(backorderLimit),
configVersion = tonumber(configVersion), version = tonumber(version),
}
end
local function packAccount(account)
local opensAt, closesAt = account.opensAt, account.closesAt
return string.format(
'%.0f %.0f %.0f %.0f %.0f %.0f %s %s %.0f %.0f %.0f',
account.available, account.reserved, account.sold, account.backordered, account.supplied, account.archived,
opensAt and string.format('%.0f', opensAt) or '-', closesAt and string.format('%.0f', closesAt) or '-',
account.backorderLimit, account.configVersion, account.version
)
end
local function packChange(account)
return pack(
CHANGE, 65, account.number, account.version,
account.available, account.reserved, account.sold, account.backordered, account.supplied
)
end
local function isOpen(account)
return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
end
local words, newWords, wordCount = {}, {}, 0
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
local function unpackLines(text, at)
local lines, count = {}, string.byte(text, at)
at = at + 1
for i = 1, count do
local account, quantity, owed, returned, after = unpackAt('<I3I4I4I4', text, at)
local line = { account = account, quantity = quantity, owed = owed, returned = returned }
if account == 0 then
line.place = string.byte(text, after)
after = after + 1
end
lines[i], at = line, after
end
return lines, at
end
local function unpackNames(text, at)
local names, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local root, subject, after = unpackAt('<I3H', text, at)
names[i], at = { root = root, subject = subject }, after
end
return names, at
end
local function unpackUses(text, at)
local uses, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local use = { lines = {} }
local lines
use.root, use.subject, use.max, use.quantity, lines, at = unpackAt('<I3HI7I7B', text, at)
for j = 1, lines do use.lines[j] = string.byte(text, at + j - 1) end
use.prior, at = unpackNames(text, at + lines)
uses[i] = use
end
return uses, at
end
local function packOptional(text)
return packText(text == nil and '' or '=' .. text)
end
local function unpackOptional(text, at)
local value, after = unpackAt('<Hc0', text, at)
if value == '' then return nil, after end
return string.sub(value, 2), after
end
local function isMarker(text)
return string.byte(text) >= 128
end
local claimsOfWord
local packReservation
do
local function packTail(r)
if r.status == CONFIRMED then return packText(r.payment) end
if r.status == RELEASED then return packText(r.cause) .. packOptional(r.reason) .. packOptional(r.payment) end
if r.status == REFUND_REQUIRED then return packText(r.payment) .. packText(r.why) end
if r.status == TOMBSTONED then return packText(r.cause) .. packOptional(r.reason) end
return ''
end
function packReservation(r)
local claims = packClaims(r)
return packHead(r, r.claims == claims and r.word or 0, claims) .. r.texts .. r.data .. packTail(r)
end
end
local unpackReservation
do
local function unpackClaims(r, text, at)
local longest, flags
longest, flags, r.linesDigest, r.home, r.buyer, at = unpackAt('<I7BHc0BB', text, at)
r.maxExpiresAt = r.reservedAt + longest
r.backorder, r.late = flags % 2 == 1, flags % 4 >= 2
r.lines, at = unpackLines(text, at)
r.uses, at = unpackUses(text, at)
r.guards, at = unpackNames(text, at)
if flags >= 4 then
local strike = {}
strike.root, strike.subject, strike.ms, at = unpackAt('<I3HI7', text, at)
r.strike = strike
end
r.textCount, at = unpackAt('<H', text, at)
return at
end
function unpackReservation(text)
local r, at = {}, nil
if isMarker(text) then
r.status, r.day, r.version, r.buyerDigest, r.linesDigest = unpackAt('<BHBI5I5', text)
r.status, r.marked = r.status % 128, true
return r
end
r.status, r.version, r.reservedAt, r.until_, r.word, at = unpackAt('<BI4I7I7I3', text)
if r.word == 0 then at = unpackClaims(r, text, at)
else
r.claims = claimsOfWord(r.word)
unpackClaims(r, r.claims, 1)
end
if r.status == HELD or r.status == DEFERRED then r.noted = r.until_ end
local from = at
r.text = {}
for i = 1, r.textCount do r.text[i], at = unpackAt('<Hc0', text, at) end
r.texts = string.sub(text, from, at - 1)
local _, after = unpackAt('<Hc0', text, at)
r.data = string.sub(text, at, after - 1)
at = after
if r.status == CONFIRMED then r.payment = unpackAt('<Hc0', text, at)
elseif r.status == RELEASED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason, at = unpackOptional(text, at)
r.payment = unpackOptional(text, at)
elseif r.status == REFUND_REQUIRED then r.payment, r.why = unpackAt('<Hc0Hc0', text, at)
elseif r.status == TOMBSTONED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason = unpackOptional(text, at)
end
return r
end
end
local function isLive(r)
return r.status == HELD or r.status == DEFERRED
end
local function isPiece(id)
if #id <= 128 then return false end
local _, trailing = string.gsub(id, '[\\128-\\191]', '')
local _, pairs_ = string.gsub(id, '[\\240-\\247]', '')
return #id - trailing + pairs_ > 128
end
local function isWhole(id, r)
return string.sub(r.text[r.home + 1], 1, 8) == '/pieced/' and not isPiece(id)
end
local NO_TAG = 0
local function packSubject(s)
local parts, n = {}, 0
if s.counters then
for root, counter in pairs(s.counters) do
if counter.used ~= 0 or counter.archived ~= 0 then
n = n + 1
parts[n] = packCounter(root, counter.used, counter.archived)
end
end
end
if s.guards then
for root, guard in pairs(s.guards) do
n = n + 1
parts[n] = pack('<BI3I7Hc0', 2, root, guard.expiresAt, #guard.id, guard.id)
end
end
if s.strikes then
for root, strike in pairs(s.strikes) do
n = n + 1
parts[n] = pack('<BI3I4I7BI7', 3, root, strike.count, strike.until_, strike.tag, strike.tagUntil)
end
end
return table.concat(parts)
end
local function unpackSubject(text)
local s, at, length = {}, 1, #text
while at <= length do
local kind, root
kind, root, at = unpackAt('<BI3', text, at)
if kind == 1 or kind == 4 or kind == 5 then
local counter = { archived = 0 }
if kind ~= 1 then
counter.used, at = unpackAt('<I4', text, at)
if kind == 5 then counter.archived = counter.used end
else
counter.used, counter.archived, at = unpackAt('<I7I7', text, at)
end
s.counters = s.counters or {}
s.counters[root] = counter
elseif kind == 2 then
local guard = {}
guard.expiresAt, guard.id, at = unpackAt('<I7Hc0', text, at)
s.guards = s.guards or {}
s.guards[root] = guard
else
local strike = {}
strike.count, strike.until_, strike.tag, strike.tagUntil, at = unpackAt('<I4I7BI7', text, at)
s.strikes = s.strikes or {}
s.strikes[root] = strike
end
end
return s
end
local accounts, changedAccounts = {}, {}
local packedReservations, reservations, changedReservations = {}, {}, {}
local packedSubjects, subjects, changedSubjects = {}, {}, {}
local owedChanges, owedCount = {}, 0
local movements, newMovements = {}, {}
local reservationFields, subjectFields = {}, {}
local log = {}
local function note(event)
log[#log + 1] = event
end
local claimsByNumber = {}
claimsOfWord = function(number)
local claims = claimsByNumber[number]
if not claims then
claims = string.sub(redis.call('HGET', WORDS, '#' .. string.format('%.0f', number)), 2)
claimsByNumber[number] = claims
end
return claims
end
local function claimsToWrite(claims)
local number = wordToWrite('f' .. claims)
claimsByNumber[number] = claims
return number
end
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
local function accountChanged(account)
if not account.changed then
account.changed = true
changedAccounts[#changedAccounts + 1] = account
end
end
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
local function movementField(number, place, id)
if place then return 'e' .. #place .. ':' .. place .. id end
return string.format('%.0f:', number or 0) .. id
end
local function movement(field)
local data = movements[field]
if data == nil then
local text = redis.call('HGET', MOVEMENTS, field)
data = text and string.sub(text, 1, -3)
movements[field] = data
end
return data or nil
end
local function putMovement(field, data)
movements[field] = data
newMovements[#newMovements + 1] = field
newMovements[#newMovements + 1] = data .. pack('<H', math.floor(now / 86400000))
end
local function archive(r, sign)
for i = 1, #r.lines do
local line = r.lines[i]
local account = line.account ~= 0 and accountNumbered(line.account)
if account then
account.archived = math.max(0, account.archived + sign * (line.quantity - line.owed - line.returned))
accountChanged(account)
end
end
for i = 1, #r.uses do
local use = r.uses[i]
local counters = subjectToChange(r.text[use.subject + 1]).counters
local counter = counters and counters[use.root]
if counter then counter.archived = math.max(0, counter.archived + sign * use.quantity) end
end
end
local function shortDigest(text)
return tonumber(string.sub(redis.sha1hex(text), 1, 10), 16)
end
local function packMarker(r, day)
local buyer, lines = shortDigest(r.text[r.buyer + 1]), shortDigest(r.linesDigest)
return pack('<BHBI5I5', 128 + r.status, day, r.version % 256, buyer, lines)
end
local function isOwed(r)
for i = 1, #r.lines do
if r.lines[i].owed > 0 then return true end
end
return false
end
local function isToMark(id, r)
if isPiece(id) or isWhole(id, r) then return false end
if r.status == CONFIRMED then return not isOwed(r) end
return r.status == RELEASED or r.status == EXPIRED or r.status == REFUND_REQUIRED
end
local marked = {}
local function mark(id, r, day)
marked[#marked + 1] = r
reservationFields[2 * #marked - 1], reservationFields[2 * #marked] = id, packMarker(r, day)
end
local function readSubjects()
local asked = {}
for i = 1, #marked do
local r = marked[i]
for j = 1, r.status == CONFIRMED and #r.uses or 0 do asked[#asked + 1] = r.text[r.uses[j].subject + 1] end
end
local texts = readMany(SUBJECTS, asked)
for i = 1, #asked do packedSubjects[asked[i]] = texts[i] end
end
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
local function isPastDay(day)
return (day + 1) * DAY + retention <= now
end
local function isUnfinished(id)
return UNFINISHED and redis.call('ZSCORE', UNFINISHED, id)
end
local function markLeft(id, text, endedAt)
if #marked >= mostMarked or endedAt + LEFT > now then return end
local r = unpackReservation(text)
if isToMark(id, r) then mark(id, r, dayOf(r.status == CONFIRMED and now or endedAt)) end
end
local function isToForget(id, text)
if isMarker(text) then return isPastDay((unpackAt('<H', text, 2))) end
local status, _, _, endedAt = unpackAt('<BI4I7I7', text)
if status == HELD or status == DEFERRED then return false end
if status ~= CONFIRMED and endedAt + retention <= now then return not isUnfinished(id) end
if status ~= TOMBSTONED then markLeft(id, text, endedAt) end
return false
end
local function isOfUnitsInFlight(field)
return string.find(field, '["credit"', 1, true) or string.find(field, '["opened"', 1, true)
end
local function isMovementToForget(field, text)
return isPastDay((unpackAt('<H', text, #text - 1))) and not isOfUnitsInFlight(field)
end
local function scanned(key, cursor, isWanted)
local told = redis.call('HSCAN', key, cursor or '0', 'COUNT', ARGV[2])
local entries, found = told[2], {}
for i = 1, #entries, 2 do
if isWanted(entries[i], entries[i + 1]) then found[#found + 1] = entries[i] end
end
return told[1], found
end
local nextId, gone = scanned(RESERVATIONS, meta[3], isToForget)
local nextMovement, movementsGone = scanned(MOVEMENTS, meta[4], isMovementToForget)
for i = 4, HOMES and 7 or 6 do redis.call('HLEN', KEYS[i]) end
redis.call(
'HSET', META, 'scanned', string.format('%.0f', now), 'scan-reservations', nextId, 'scan-movements', nextMovement
)
writeMarked()
writeMany('HDEL', RESERVATIONS, gone)
writeMany('HDEL', MOVEMENTS, movementsGone)
if HOMES then writeMany('HDEL', HOMES, gone) end
return #gone + #movementsGone
`)

export const DESCRIBE = `
local function clock()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = clock()
local SIZES = { 'HLEN', 'HLEN', 'HLEN', 'HLEN', 'HLEN', 'ZCARD', 'ZCARD', 'HLEN', 'XLEN', 'HLEN', 'HLEN', 'ZCARD', 'HLEN' }
local reply = { now, redis.call('HGET', KEYS[1], 'epoch'), redis.call('HGET', KEYS[1], 'sequence') }
for i = 1, #SIZES do reply[i + 3] = redis.call(SIZES[i], KEYS[i]) end
reply[17] = redis.call('ZCOUNT', KEYS[6], '-inf', string.format('%.0f', now))
reply[18] = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')[2] or false
reply[19] = redis.call('XRANGE', KEYS[9], '-', '+', 'COUNT', 1)[1] or false
local lease = redis.call('HMGET', KEYS[14], 'owner', 'until', 'fence')
for i = 1, 3 do reply[19 + i] = lease[i] end
return reply
`

export const BEGIN_REBUILD = `
local epoch = tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[1] and tonumber(known[1]) >= epoch then return false end
if known[2] and tonumber(known[2]) > epoch then return false end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', KEYS[1], 'loading', ARGV[1])
return 1
`

export const LOAD = timed(`
local META, WORDS, ACCOUNTS, RESERVATIONS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local DUE, OWED, MOVEMENTS = KEYS[6], KEYS[7], KEYS[8]
local meta = redis.call('HMGET', META, 'loading', 'words', 'owed')
if meta[1] ~= ARGV[1] then return false end
local now = clock()
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local pack, unpackAt = struct.pack, struct.unpack
local HELD, DEFERRED, CONFIRMED, RELEASED, EXPIRED, REFUND_REQUIRED, TOMBSTONED = 1, 2, 3, 4, 5, 6, 7
local CHANGE = '<BI3I4I7I7I7I7I7'
local ACCOUNT = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+ %S+) (%S+)$'
local function packText(text)
return pack('<Hc0', #text, text)
end
local function column(format, count, text)
local most = 1000
if count <= most then
local values = { unpackAt('<' .. string.rep(format, count), text) }
values[count + 1] = nil
return values
end
local values, at = {}, 1
while #values < count do
local some = math.min(count - #values, most)
local part = { unpackAt('<' .. string.rep(format, some), text, at) }
for i = 1, some do values[#values + 1] = part[i] end
at = part[some + 1]
end
return values
end
local function packLines(lines)
local packed = string.char(#lines)
for i = 1, #lines do
local line = lines[i]
packed = packed .. pack('<I3I4I4I4', line.account, line.quantity, line.owed, line.returned)
if line.account == 0 then packed = packed .. string.char(line.place) end
end
return packed
end
local function packNames(names)
local packed = pack('<H', #names)
for i = 1, #names do packed = packed .. pack('<I3H', names[i].root, names[i].subject) end
return packed
end
local function packUses(uses)
local packed = pack('<H', #uses)
for i = 1, #uses do
local use = uses[i]
packed = packed .. pack('<I3HI7I7', use.root, use.subject, use.max, use.quantity)
.. string.char(#use.lines, unpack(use.lines)) .. packNames(use.prior)
end
return packed
end
local function packCounter(root, used, archived)
if archived == 0 and used < 4294967296 then return pack('<BI3I4', 4, root, used) end
if archived == used and used < 4294967296 then return pack('<BI3I4', 5, root, used) end
return pack('<BI3I7I7', 1, root, used, archived)
end
local function packClaims(r)
local strike = r.strike
return pack(
'<I7BHc0BB',
r.maxExpiresAt - r.reservedAt, (r.backorder and 1 or 0) + (r.late and 2 or 0) + (strike and 4 or 0),
#r.linesDigest, r.linesDigest, r.home, r.buyer
)
.. packLines(r.lines) .. packUses(r.uses) .. packNames(r.guards)
.. (strike and pack('<I3HI7', strike.root, strike.subject, strike.ms) or '')
.. pack('<H', r.textCount)
end
local function packHead(r, number, claims)
local head = pack('<BI4I7I7I3', r.status, r.version, r.reservedAt, r.until_, number)
return number == 0 and head .. claims or head
end
local function unpackAccount(number, text)
local available, reserved, sold, backordered, supplied, archived, opensAt, closesAt, settings, version =
string.match(text, ACCOUNT)
local backorderLimit, configVersion = string.match(settings, '(%S+) (%S+)')
return {
number = number,
available = tonumber(available), reserved = tonumber(reserved), sold = tonumber(sold),
backordered = tonumber(backordered), supplied = tonumber(supplied), archived = tonumber(archived),
opensAt = tonumber(opensAt), closesAt = tonumber(closesAt), backorderLimit = tonumber(backorderLimit),
configVersion = tonumber(configVersion), version = tonumber(version),
}
end
local function packAccount(account)
local opensAt, closesAt = account.opensAt, account.closesAt
return string.format(
'%.0f %.0f %.0f %.0f %.0f %.0f %s %s %.0f %.0f %.0f',
account.available, account.reserved, account.sold, account.backordered, account.supplied, account.archived,
opensAt and string.format('%.0f', opensAt) or '-', closesAt and string.format('%.0f', closesAt) or '-',
account.backorderLimit, account.configVersion, account.version
)
end
local function packChange(account)
return pack(
CHANGE, 65, account.number, account.version,
account.available, account.reserved, account.sold, account.backordered, account.supplied
)
end
local function isOpen(account)
return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
end
local words, newWords, wordCount = {}, {}, 0
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
local function unpackLines(text, at)
local lines, count = {}, string.byte(text, at)
at = at + 1
for i = 1, count do
local account, quantity, owed, returned, after = unpackAt('<I3I4I4I4', text, at)
local line = { account = account, quantity = quantity, owed = owed, returned = returned }
if account == 0 then
line.place = string.byte(text, after)
after = after + 1
end
lines[i], at = line, after
end
return lines, at
end
local function unpackNames(text, at)
local names, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local root, subject, after = unpackAt('<I3H', text, at)
names[i], at = { root = root, subject = subject }, after
end
return names, at
end
local function unpackUses(text, at)
local uses, count = {}, nil
count, at = unpackAt('<H', text, at)
for i = 1, count do
local use = { lines = {} }
local lines
use.root, use.subject, use.max, use.quantity, lines, at = unpackAt('<I3HI7I7B', text, at)
for j = 1, lines do use.lines[j] = string.byte(text, at + j - 1) end
use.prior, at = unpackNames(text, at + lines)
uses[i] = use
end
return uses, at
end
local function packOptional(text)
return packText(text == nil and '' or '=' .. text)
end
local function unpackOptional(text, at)
local value, after = unpackAt('<Hc0', text, at)
if value == '' then return nil, after end
return string.sub(value, 2), after
end
local function isMarker(text)
return string.byte(text) >= 128
end
local claimsOfWord
local packReservation
do
local function packTail(r)
if r.status == CONFIRMED then return packText(r.payment) end
if r.status == RELEASED then return packText(r.cause) .. packOptional(r.reason) .. packOptional(r.payment) end
if r.status == REFUND_REQUIRED then return packText(r.payment) .. packText(r.why) end
if r.status == TOMBSTONED then return packText(r.cause) .. packOptional(r.reason) end
return ''
end
function packReservation(r)
local claims = packClaims(r)
return packHead(r, r.claims == claims and r.word or 0, claims) .. r.texts .. r.data .. packTail(r)
end
end
local unpackReservation
do
local function unpackClaims(r, text, at)
local longest, flags
longest, flags, r.linesDigest, r.home, r.buyer, at = unpackAt('<I7BHc0BB', text, at)
r.maxExpiresAt = r.reservedAt + longest
r.backorder, r.late = flags % 2 == 1, flags % 4 >= 2
r.lines, at = unpackLines(text, at)
r.uses, at = unpackUses(text, at)
r.guards, at = unpackNames(text, at)
if flags >= 4 then
local strike = {}
strike.root, strike.subject, strike.ms, at = unpackAt('<I3HI7', text, at)
r.strike = strike
end
r.textCount, at = unpackAt('<H', text, at)
return at
end
function unpackReservation(text)
local r, at = {}, nil
if isMarker(text) then
r.status, r.day, r.version, r.buyerDigest, r.linesDigest = unpackAt('<BHBI5I5', text)
r.status, r.marked = r.status % 128, true
return r
end
r.status, r.version, r.reservedAt, r.until_, r.word, at = unpackAt('<BI4I7I7I3', text)
if r.word == 0 then at = unpackClaims(r, text, at)
else
r.claims = claimsOfWord(r.word)
unpackClaims(r, r.claims, 1)
end
if r.status == HELD or r.status == DEFERRED then r.noted = r.until_ end
local from = at
r.text = {}
for i = 1, r.textCount do r.text[i], at = unpackAt('<Hc0', text, at) end
r.texts = string.sub(text, from, at - 1)
local _, after = unpackAt('<Hc0', text, at)
r.data = string.sub(text, at, after - 1)
at = after
if r.status == CONFIRMED then r.payment = unpackAt('<Hc0', text, at)
elseif r.status == RELEASED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason, at = unpackOptional(text, at)
r.payment = unpackOptional(text, at)
elseif r.status == REFUND_REQUIRED then r.payment, r.why = unpackAt('<Hc0Hc0', text, at)
elseif r.status == TOMBSTONED then
r.cause, at = unpackAt('<Hc0', text, at)
r.reason = unpackOptional(text, at)
end
return r
end
end
local function isLive(r)
return r.status == HELD or r.status == DEFERRED
end
local function isPiece(id)
if #id <= 128 then return false end
local _, trailing = string.gsub(id, '[\\128-\\191]', '')
local _, pairs_ = string.gsub(id, '[\\240-\\247]', '')
return #id - trailing + pairs_ > 128
end
local function isWhole(id, r)
return string.sub(r.text[r.home + 1], 1, 8) == '/pieced/' and not isPiece(id)
end
local NO_TAG = 0
local function packSubject(s)
local parts, n = {}, 0
if s.counters then
for root, counter in pairs(s.counters) do
if counter.used ~= 0 or counter.archived ~= 0 then
n = n + 1
parts[n] = packCounter(root, counter.used, counter.archived)
end
end
end
if s.guards then
for root, guard in pairs(s.guards) do
n = n + 1
parts[n] = pack('<BI3I7Hc0', 2, root, guard.expiresAt, #guard.id, guard.id)
end
end
if s.strikes then
for root, strike in pairs(s.strikes) do
n = n + 1
parts[n] = pack('<BI3I4I7BI7', 3, root, strike.count, strike.until_, strike.tag, strike.tagUntil)
end
end
return table.concat(parts)
end
local function unpackSubject(text)
local s, at, length = {}, 1, #text
while at <= length do
local kind, root
kind, root, at = unpackAt('<BI3', text, at)
if kind == 1 or kind == 4 or kind == 5 then
local counter = { archived = 0 }
if kind ~= 1 then
counter.used, at = unpackAt('<I4', text, at)
if kind == 5 then counter.archived = counter.used end
else
counter.used, counter.archived, at = unpackAt('<I7I7', text, at)
end
s.counters = s.counters or {}
s.counters[root] = counter
elseif kind == 2 then
local guard = {}
guard.expiresAt, guard.id, at = unpackAt('<I7Hc0', text, at)
s.guards = s.guards or {}
s.guards[root] = guard
else
local strike = {}
strike.count, strike.until_, strike.tag, strike.tagUntil, at = unpackAt('<I4I7BI7', text, at)
s.strikes = s.strikes or {}
s.strikes[root] = strike
end
end
return s
end
local accounts, changedAccounts = {}, {}
local packedReservations, reservations, changedReservations = {}, {}, {}
local packedSubjects, subjects, changedSubjects = {}, {}, {}
local owedChanges, owedCount = {}, 0
local movements, newMovements = {}, {}
local reservationFields, subjectFields = {}, {}
local log = {}
local function note(event)
log[#log + 1] = event
end
local claimsByNumber = {}
claimsOfWord = function(number)
local claims = claimsByNumber[number]
if not claims then
claims = string.sub(redis.call('HGET', WORDS, '#' .. string.format('%.0f', number)), 2)
claimsByNumber[number] = claims
end
return claims
end
local function claimsToWrite(claims)
local number = wordToWrite('f' .. claims)
claimsByNumber[number] = claims
return number
end
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
local function accountChanged(account)
if not account.changed then
account.changed = true
changedAccounts[#changedAccounts + 1] = account
end
end
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
local function movementField(number, place, id)
if place then return 'e' .. #place .. ':' .. place .. id end
return string.format('%.0f:', number or 0) .. id
end
local function movement(field)
local data = movements[field]
if data == nil then
local text = redis.call('HGET', MOVEMENTS, field)
data = text and string.sub(text, 1, -3)
movements[field] = data
end
return data or nil
end
local function putMovement(field, data)
movements[field] = data
newMovements[#newMovements + 1] = field
newMovements[#newMovements + 1] = data .. pack('<H', math.floor(now / 86400000))
end
local function inByteOrder(one, other)
for i = 1, math.min(#one, #other) do
local a, b = string.byte(one, i), string.byte(other, i)
if a ~= b then return a < b end
end
return #one < #other
end
local function inIndex(key, changes, changed, from, to, limit)
local stored = redis.call('ZRANGEBYSCORE', key, from, to, 'WITHSCORES', 'LIMIT', 0, limit + changed)
local found = {}
for i = 1, #stored, 2 do
if changes[stored[i]] == nil then found[#found + 1] = { stored[i], tonumber(stored[i + 1]) } end
end
for member, score in pairs(changes) do
if score and (from == '-inf' or score >= from) and (to == '+inf' or score <= to) then
found[#found + 1] = { member, score }
end
end
table.sort(found, function(one, other)
if one[2] ~= other[2] then return one[2] < other[2] end
return one[1] ~= other[1] and inByteOrder(one[1], other[1])
end)
for i = #found, limit + 1, -1 do found[i] = nil end
return found
end
local noteDue, dueGroup, dueHolds, isDueChanged, groupsToWrite
do
local MOST_LOOKED_AT = 5000
local groups = {}
local gone = {}
function dueGroup(deadline)
local group = groups[deadline]
if not group then
group = {}
groups[deadline] = group
end
return group
end
function noteDue(id, r)
if r.noted == r.until_ then return end
r.noted = r.until_
local group = dueGroup(r.until_)
group[#group + 1] = packText(id)
end
local function idsIn(packed)
local ids, at, length = {}, 1, #packed
while at <= length do ids[#ids + 1], at = unpackAt('<Hc0', packed, at) end
return ids
end
local function readAhead(ids)
local unknown = {}
for i = 1, #ids do
local id = ids[i]
if reservations[id] == nil and packedReservations[id] == nil then unknown[#unknown + 1] = id end
end
local texts = readMany(RESERVATIONS, unknown)
for i = 1, #unknown do packedReservations[unknown[i]] = texts[i] end
end
local function isDueThen(id, deadline)
local r = reservations[id]
if r then return isLive(r) and r.until_ == deadline end
local text = packedReservation(id)
if not text or isMarker(text) then return false end
local status, _, _, until_ = unpackAt('<BI4I7I7', text)
return (status == HELD or status == DEFERRED) and until_ == deadline
end
local function liveIn(group)
readAhead(group.ids)
local live = {}
for i = 1, #group.ids do
if isDueThen(group.ids[i], group.deadline) then live[#live + 1] = group.ids[i] end
end
return live
end
local function groupsInOrder()
local own, nextOwn, stored, nextStored, passed = {}, 1, {}, 1, 0
for deadline, packed in pairs(groups) do own[#own + 1] = { deadline = deadline, ids = idsIn(table.concat(packed)) } end
table.sort(own, function(one, other) return one.deadline < other.deadline end)
local function storedGroup()
if stored[nextStored] == nil and passed % 16 == 0 then
stored = redis.call('ZRANGEBYSCORE', DUE, '-inf', '+inf', 'WITHSCORES', 'LIMIT', passed, 16)
nextStored, passed = 1, passed + #stored / 2
end
local member = stored[nextStored]
return member and { member = member, deadline = tonumber(stored[nextStored + 1]) }
end
return function()
local one, other = own[nextOwn], storedGroup()
while other and gone[other.member] do
nextStored = nextStored + 2
other = storedGroup()
end
if one and (not other or one.deadline <= other.deadline) then
nextOwn = nextOwn + 1
return one
end
if not other then return nil end
nextStored = nextStored + 2
other.ids = idsIn(other.member)
return other
end
end
local function keepRest(group, live, taken)
if not group.member then return end
local rest = {}
for i = 1, #live do
if not taken[live[i]] then rest[#rest + 1] = packText(live[i]) end
end
if #rest == #group.ids then return end
gone[group.member] = true
local own = dueGroup(group.deadline)
for i = 1, #rest do own[#own + 1] = rest[i] end
end
local function inOrder(one, other)
if one.deadline ~= other.deadline then return one.deadline < other.deadline end
return one.id ~= other.id and inByteOrder(one.id, other.id)
end
function dueHolds(limit)
local found, seen, looked, lookedAt, nextDue = {}, {}, {}, 0, false
for group in groupsInOrder() do
local last = found[#found]
if lookedAt >= MOST_LOOKED_AT or (#found > limit and last.deadline < group.deadline) then
nextDue = group.deadline
break
end
lookedAt = lookedAt + #group.ids
local live = liveIn(group)
looked[#looked + 1] = { group, live }
if group.deadline > now then
if #live > 0 then
nextDue = group.deadline
break
end
else
for i = 1, #live do
if not seen[live[i]] then
seen[live[i]] = true
found[#found + 1] = { id = live[i], deadline = group.deadline }
end
end
end
end
table.sort(found, inOrder)
local ids, taken = {}, {}
for i = 1, math.min(limit, #found) do
ids[i] = found[i].id
taken[ids[i]] = true
end
if found[limit + 1] then nextDue = found[limit + 1].deadline end
for i = 1, #looked do keepRest(looked[i][1], looked[i][2], taken) end
return ids, nextDue
end
function isDueChanged() return next(gone) ~= nil end
function groupsToWrite()
local added, removed, deadlines = {}, {}, {}
for deadline, packed in pairs(groups) do
if #packed > 0 then deadlines[#deadlines + 1] = deadline end
end
table.sort(deadlines)
for i = 1, #deadlines do
local packed, n = groups[deadlines[i]], #added
added[n + 1], added[n + 2] = string.format('%.0f', deadlines[i]), packed[2] and table.concat(packed) or packed[1]
end
for member in pairs(gone) do removed[#removed + 1] = member end
return added, removed
end
end
local move, moveLine, counterOf, count, countUses, guardOf, openGuards, freeGuards, strikesAt, strikeRecord, strike, noteOwed, keep, owedLines, OWED_RANGE
do
local NEVER = 9007199254740991
function move(account, available, reserved, sold, backordered)
if not account then return end
account.available = account.available + available
account.reserved = account.reserved + reserved
account.sold = account.sold + sold
account.backordered = account.backordered + backordered
accountChanged(account)
end
function moveLine(line, available, reserved, sold, backordered)
if line.account ~= 0 then move(accountNumbered(line.account), available, reserved, sold, backordered) end
end
function counterOf(root, name)
local counters = root and subject(name).counters
local counter = counters and counters[root]
return counter and counter.used or 0
end
function count(root, name, quantity)
if quantity == 0 then return end
local s = subjectToChange(name)
s.counters = s.counters or {}
local counter = s.counters[root]
if not counter then
counter = { used = 0, archived = 0 }
s.counters[root] = counter
end
counter.used = counter.used + quantity
end
function countUses(r, sign)
for i = 1, #r.uses do
local use = r.uses[i]
count(use.root, r.text[use.subject + 1], sign * use.quantity)
end
end
function guardOf(root, name)
local guards = root and subject(name).guards
return guards and guards[root]
end
function openGuards(id, r)
local expiresAt = isPiece(id) and NEVER or r.until_
for i = 1, #r.guards do
local guard = r.guards[i]
local s = subjectToChange(r.text[guard.subject + 1])
s.guards = s.guards or {}
s.guards[guard.root] = { id = id, expiresAt = expiresAt }
end
end
function freeGuards(id, r)
for i = 1, #r.guards do
local guard = r.guards[i]
local name = r.text[guard.subject + 1]
local open = guardOf(guard.root, name)
if open and open.id == id then subjectToChange(name).guards[guard.root] = nil end
end
end
function strikesAt(record)
return record and now < record.until_ and record.count or 0
end
function strikeRecord(root, name)
local s = subjectToChange(name)
s.strikes = s.strikes or {}
local record = s.strikes[root]
if not record then
record = { count = 0, until_ = 0, tag = NO_TAG, tagUntil = 0 }
s.strikes[root] = record
end
return record
end
function strike(r)
local record = strikeRecord(r.strike.root, r.text[r.strike.subject + 1])
record.count = strikesAt(record) + 1
record.until_ = now + r.strike.ms
end
OWED_RANGE = 4294967296
local function owedMember(account, id)
return pack('<I3', account) .. id
end
function noteOwed(id, r)
local mayBeOwed = r.status == HELD or r.status == CONFIRMED
for i = 1, #r.lines do
local line = r.lines[i]
if line.account ~= 0 and (line.owed > 0 or line.wasOwed) then
local member, isOwed = owedMember(line.account, id), mayBeOwed and line.owed > 0
local known = owedChanges[member]
if known == nil then known = redis.call('ZSCORE', OWED, member) end
if isOwed and not known then
owedCount = owedCount + 1
owedChanges[member] = line.account * OWED_RANGE + owedCount
elseif known and not isOwed then
owedChanges[member] = false
end
end
end
end
function keep(id, r)
putReservation(id, r)
if isLive(r) then noteDue(id, r) end
if not isWhole(id, r) then noteOwed(id, r) end
end
function owedLines(lines)
local owed = {}
for i = 1, #lines do
if lines[i].owed > 0 then owed[#owed + 1] = { i - 1, lines[i].owed } end
end
return owed
end
end
local readTold
do
local function named(names)
local written = {}
for i = 1, #names do written[i] = { root = wordToWrite(names[i][1]), subject = names[i][2] } end
return written
end
local function lines(told)
local written = {}
for i = 1, #told do
local account, quantity, owed, returned, place = unpack(told[i])
written[i] = {
account = place and 0 or wordToWrite(account), place = place,
quantity = quantity, owed = owed, returned = returned,
}
end
return written
end
local function uses(told)
local written = {}
for i = 1, #told do
local root, subject_, max, quantity, of, prior = unpack(told[i])
written[i] = {
root = wordToWrite(root), subject = subject_, max = max, quantity = quantity, lines = of, prior = named(prior),
}
end
return written
end
local function why(told)
if not told then return nil end
if told.use then
local root, subject_ = told.root, told.subject
return pack('<BHI3HI7I7I7', 1, told.use, wordToWrite(root), subject_, told.max, told.used, told.requested)
end
if not told.short then return '\\0' end
local parts = { pack('<BB', 2, #told.short) }
for i = 1, #told.short do
local text, requested, available = unpack(told.short[i])
parts[i + 1] = pack('<I3I4I7', wordToWrite(text), requested, available)
end
return table.concat(parts)
end
function readTold(r)
local strike_ = r.strike
r.maxExpiresAt = r.reservedAt + r.longest
r.strike = strike_ and { root = wordToWrite(strike_[1]), subject = strike_[2], ms = strike_[3] } or nil
r.lines, r.uses, r.guards, r.why = lines(r.lines), uses(r.uses), named(r.guards), why(r.why)
r.text, r.textCount = r.texts, #r.texts
local texts = {}
for j = 1, #r.text do texts[j] = packText(r.text[j]) end
r.texts, r.data = table.concat(texts), packOptional(r.data)
r.claims = packClaims(r)
return r
end
end
wordCount = tonumber(meta[2] or 0)
owedCount = tonumber(meta[3] or 0)
local COUNTERS = { 'available', 'reserved', 'sold', 'backordered', 'supplied', 'archived' }
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
`)

export const OPEN_REBUILT = timed(`
local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[2] == ARGV[1] then
local at = math.max(clock(), tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'at', string.format('%.0f', at))
redis.call('HDEL', KEYS[1], 'loading')
return 1
end
return known[1] == ARGV[1] and 1 or false
`)

export const WRITE_MESSAGES = timed(`
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
redis.call('HLEN', KEYS[1])
appendMessages(KEYS[1], KEYS[2], clock(), ARGV[1])
return 1
`)

export const LEASE_SHARD = timed(`
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
local known = redis.call('HMGET', RELAY, 'fence', 'until', 'deaths')
if tonumber(known[2] or 0) > now then return false end
local fence = math.max(tonumber(known[1] or 0) + 1, now)
local deaths = tonumber(known[3] or -1) + 1
local state = shardState()
redis.call(
'HSET', RELAY, 'fence', string.format('%.0f', fence), 'owner', ARGV[1],
'until', string.format('%.0f', now + ARGV[2]), 'deaths', string.format('%.0f', deaths)
)
return { fence, deaths, unpack(state) }
`)

export const RENEW_LEASE = timed(`
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
if not isHeld(ARGV[1]) then return false end
redis.call('HSET', RELAY, 'until', string.format('%.0f', now + ARGV[2]), 'deaths', '-1')
return 1
`)

export const REWIND_LEASE = timed(`
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
if not isHeld(ARGV[1]) then return false end
return shardState()
`)

export const READ_SHARD = timed(`
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
if not isHeld(ARGV[1]) then return false end
if resumptions() ~= ARGV[2] then return 0 end
local apart = redis.call('ZRANGEBYLEX', AGAIN, ARGV[3], '+', 'LIMIT', 0, ARGV[4])
local entries, ids, bytes, isAll = {}, {}, 0, false
local from, wanted = ARGV[5], #apart < tonumber(ARGV[4]) and tonumber(ARGV[6]) or 0
while #entries < wanted and bytes < tonumber(ARGV[7]) and not isAll do
local count = math.min(32, wanted - #entries)
local some = redis.call('XRANGE', OUTBOX, from, '+', 'COUNT', count)
for i = 1, #some do
entries[#entries + 1] = some[i]
for field = 4, #some[i][2], 2 do bytes = bytes + #some[i][2][field] end
from = '(' .. some[i][1]
end
isAll = #some < count
end
if redis.call('HLEN', ACKNOWLEDGED) > 0 then
for i = 1, #entries do ids[i] = entries[i][1] end
end
local last = redis.call('HMGET', META, 'epoch', 'sequence')
return {
apart, readMany(APART, apart), entries, readMany(ACKNOWLEDGED, ids), isAll and 1 or 0, last[1], last[2],
}
`)

export const ACKNOWLEDGE = timed(`
local function argumentsFrom(first)
return function(count)
local some = {}
for i = 1, tonumber(count) do some[i] = ARGV[first + i - 1] end
first = first + #some
return some
end
end
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local function mark(ids, marks)
local known, fields = readMany(ACKNOWLEDGED, ids), {}
for i = 1, #ids do
local text, before = marks[i], known[i]
if before then
local bytes = {}
for j = 1, #text do bytes[j] = string.char(bit.bor(string.byte(text, j), string.byte(before, j) or 0)) end
text = table.concat(bytes)
end
fields[2 * i - 1], fields[2 * i] = ids[i], text
end
writeMany('HSET', ACKNOWLEDGED, fields)
end
if not isHeld(ARGV[1]) then return false end
local arguments = argumentsFrom(9)
local apart, ids = arguments(ARGV[2]), arguments(ARGV[3])
local marks, gone = arguments(ARGV[3]), arguments(ARGV[7])
local accounts, moves = arguments(ARGV[8]), arguments(6 * ARGV[8])
local removed = redis.call('HGET', RELAY, 'relayed') or ''
local removes = ARGV[5] ~= '' and removed == ARGV[4]
local function carried()
local known, fields = readMany(CARRIED, accounts), {}
for i = 1, #accounts do
local sums, n = {}, 0
for value in string.gmatch(known[i] or '0 0 0 0 0 0', '%S+') do
n = n + 1
local more = tonumber(moves[6 * (i - 1) + n])
sums[n] = string.format('%.0f', n == 1 and more or tonumber(value) + more)
end
fields[2 * i - 1], fields[2 * i] = accounts[i], table.concat(sums, ' ')
end
return fields
end
meetKinds()
for i = 1, #apart do
if redis.call('ZREM', AGAIN, apart[i]) == 1 then redis.call('HDEL', APART, apart[i]) end
end
mark(ids, marks)
if removes then
local sums = carried()
removed = ARGV[5]
redis.call('XTRIM', OUTBOX, 'MINID', ARGV[6])
redis.call('HSET', RELAY, 'relayed', removed)
writeMany('HDEL', ACKNOWLEDGED, gone)
writeMany('HSET', CARRIED, sums)
end
return removed
`)

export const SET_APART = timed(`
local function argumentsFrom(first)
return function(count)
local some = {}
for i = 1, tonumber(count) do some[i] = ARGV[first + i - 1] end
first = first + #some
return some
end
end
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local function mark(ids, marks)
local known, fields = readMany(ACKNOWLEDGED, ids), {}
for i = 1, #ids do
local text, before = marks[i], known[i]
if before then
local bytes = {}
for j = 1, #text do bytes[j] = string.char(bit.bor(string.byte(text, j), string.byte(before, j) or 0)) end
text = table.concat(bytes)
end
fields[2 * i - 1], fields[2 * i] = ids[i], text
end
writeMany('HSET', ACKNOWLEDGED, fields)
end
if not isHeld(ARGV[1]) then return false end
if ARGV[2] ~= '' and ARGV[2] ~= resumptions() then return 0 end
local arguments = argumentsFrom(9)
local positions, byKey, messages = arguments(ARGV[7]), arguments(ARGV[7]), arguments(ARGV[7])
local ids, marks = arguments(ARGV[8]), arguments(ARGV[8])
local since, copies = string.format('%.0f ', now), {}
for i = 1, #positions do
copies[2 * i - 1], copies[2 * i] = positions[i], since .. messages[i]
end
meetKinds()
writeMany('HSET', APART, copies)
if ARGV[3] == 'again' then
writeMany('ZADD', AGAIN, scoreless(positions))
else
writeMany('ZREM', AGAIN, positions)
writeMany('ZADD', PARKED, scoreless(positions))
writeMany('ZADD', PARKED_BY_KEY, scoreless(byKey))
end
if ARGV[4] ~= '' then redis.call('HSET', HEADS, ARGV[4], ARGV[5]) end
if ARGV[6] ~= '' then redis.call('HDEL', TROUBLES, ARGV[6]) end
mark(ids, marks)
return 1
`)

export const NOTE_KEY = timed(`
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
if not isHeld(ARGV[1]) then return false end
if ARGV[3] == '' then redis.call('HDEL', TROUBLES, ARGV[2]) else redis.call('HSET', TROUBLES, ARGV[2], ARGV[3]) end
return 1
`)

export const RESUME_PARKED = timed(`
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
local heads = redis.call('HGETALL', HEADS)
local reaches, position, text, head = {}, nil, nil, nil
for i = 1, #heads, 2 do
local one = cjson.decode(heads[i + 1])
reaches[heads[i]] = one.reach
if one.id == ARGV[1] and (not position or heads[i] < position) then position, text, head = heads[i], heads[i + 1], one end
end
if not position then return false end
local members = redis.call('ZRANGEBYLEX', PARKED_BY_KEY, '[' .. head.name, '(' .. head.name .. ':')
local freed, unkeyed, isCovered = {}, {}, false
for i = 1, #members do
local at = string.sub(members[i], -#position)
if at == position then
if not isCovered or ARGV[2] == '1' then
freed[#freed + 1] = at
unkeyed[#unkeyed + 1] = members[i]
end
elseif reaches[at] then
isCovered = isCovered or reaches[at] == 'whole-key'
elseif head.reach == 'whole-key' and at > position and not isCovered then
freed[#freed + 1] = at
unkeyed[#unkeyed + 1] = members[i]
end
end
meetKinds()
redis.call('HDEL', HEADS, position)
redis.call('HINCRBY', RELAY, 'resumed', 1)
writeMany('ZREM', PARKED, freed)
writeMany('ZREM', PARKED_BY_KEY, unkeyed)
writeMany('ZADD', AGAIN, scoreless(freed))
if ARGV[2] == '1' then
redis.call('ZREM', AGAIN, position)
redis.call('HDEL', APART, position)
end
return { #freed, position, text }
`)

export const LIST_PARKED = timed(`
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
local positions = redis.call('ZRANGEBYLEX', PARKED, ARGV[1], '+', 'LIMIT', 0, ARGV[2])
return { positions, readMany(APART, positions), readMany(HEADS, positions) }
`)

export const TELL_BACKLOG = timed(`
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now = clock()
local function isHeld(fence)
local lease = redis.call('HMGET', RELAY, 'fence', 'until')
return lease[1] == fence and tonumber(lease[2]) > now
end
local function resumptions()
return redis.call('HGET', RELAY, 'resumed') or '0'
end
local function shardState()
return {
resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
}
end
local function meetKinds()
for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
redis.call('XLEN', OUTBOX)
end
local function scoreless(members)
local added = {}
for i = 1, #members do
added[2 * i - 1] = '0'
added[2 * i] = members[i]
end
return added
end
local apart = redis.call('ZRANGE', AGAIN, 0, ARGV[1] - 1)
local entries, ids = redis.call('XRANGE', OUTBOX, '-', '+', 'COUNT', ARGV[1]), {}
for i = 1, #entries do ids[i] = entries[i][1] end
return {
now, redis.call('XLEN', OUTBOX), redis.call('ZCARD', AGAIN), redis.call('ZCARD', PARKED),
redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
readMany(APART, apart), entries, readMany(ACKNOWLEDGED, ids),
}
`)

export const PREPARE_HALF = timed(`
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local known = redis.call('HGET', STATES, ARGV[1])
if known then
writeAnyway(ARGV[5])
return { known, redis.call('HGET', MESSAGES, ARGV[1]) }
end
meetKinds()
redis.call('HSET', MESSAGES, ARGV[1], ARGV[2])
redis.call('ZADD', IDS, '0', ARGV[1])
keepHalf(ARGV[1], {
status = PREPARED, checks = 0, preparedAt = now, nextCheckAt = now + ARGV[4], lease = 0, leasedUntil = 0,
checkAt = ARGV[3], error = '',
})
return false
`)

export const DECIDE_HALF = timed(`
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local half = halfOf(ARGV[1])
if not half then return false end
if half.decidedAt then
writeAnyway(ARGV[3])
return { half.status, 0 }
end
decideHalf(ARGV[1], half, tonumber(ARGV[2]))
return { half.status, 1 }
`)

export const TAKE_DUE = timed(`
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local ids, taken = redis.call('ZRANGEBYSCORE', DUE, '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1]), {}
meetKinds()
for i = 1, #ids do
local half = halfOf(ids[i])
half.lease, half.leasedUntil = half.lease + 1, now + ARGV[2]
keepHalf(ids[i], half)
taken[2 * i - 1], taken[2 * i] = packHalf(half), redis.call('HGET', MESSAGES, ids[i])
end
return taken
`)

export const REPORT_CHECK = timed(`
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local half = halfOf(ARGV[1])
if not half or half.status ~= PREPARED or string.format('%.0f', half.lease) ~= ARGV[2] or half.leasedUntil == 0 then
return false
end
half.leasedUntil = 0
local status = tonumber(ARGV[3])
if status == COMMITTED or status == ROLLED_BACK then
decideHalf(ARGV[1], half, status)
return 1
end
half.error = ARGV[4]
if status == PREPARED then half.checks = half.checks + 1 end
if status == PREPARED and half.checks >= tonumber(ARGV[5]) then
half.status, half.nextCheckAt = PARKED, nil
else
half.nextCheckAt = now + ARGV[6]
end
meetKinds()
keepHalf(ARGV[1], half)
return 1
`)

export const LIST_HALVES = timed(`
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local ids, told = redis.call('ZRANGEBYLEX', IDS, ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3]), {}
local states, messages = readMany(STATES, ids), readMany(MESSAGES, ids)
for i = 1, #ids do told[2 * i - 1], told[2 * i] = states[i], messages[i] end
return told
`)

export const RESUME_HALF = timed(`
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local half = halfOf(ARGV[1])
if not half or half.status ~= PARKED then return false end
meetKinds()
half.status, half.checks, half.nextCheckAt = PREPARED, 0, now
keepHalf(ARGV[1], half)
return 1
`)

export const REMOVE_DECIDED = timed(`
local function readMany(key, fields)
local count = #fields
if count == 0 then return {} end
if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
local all = {}
for first = 1, count, 4000 do
local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
for i = 1, #some do all[first + i - 1] = some[i] end
end
return all
end
local function writeMany(command, key, values)
for first = 1, #values, 4000 do
redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
end
end
local function appendMessages(meta, outbox, now, packed)
local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
local number = string.format('%.0f', sequence)
redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3
local now = clock()
local function packHalf(half)
return struct.pack(
'<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
(half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
) .. half.error
end
local function unpackHalf(text)
local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
struct.unpack('<BI4I7I7I7I7I7I4c0', text)
half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
half.error = string.sub(text, at)
return half
end
local function halfOf(id)
local text = redis.call('HGET', STATES, id)
return text and unpackHalf(text)
end
local function keepHalf(id, half)
redis.call('HSET', STATES, id, packHalf(half))
if half.nextCheckAt then
redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
else
redis.call('ZREM', DUE, id)
end
end
local function meetKinds()
for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end
local function decideHalf(id, half, status)
meetKinds()
if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
half.status, half.nextCheckAt, half.decidedAt = status, nil, now
keepHalf(id, half)
redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end
local function writeAnyway(isWanted)
if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
local before = string.format('(%.0f', now - ARGV[1])
local ids = redis.call('ZRANGEBYSCORE', DECIDED, '-inf', before, 'LIMIT', 0, ARGV[2])
meetKinds()
writeMany('ZREM', DECIDED, ids)
writeMany('ZREM', IDS, ids)
writeMany('HDEL', STATES, ids)
writeMany('HDEL', MESSAGES, ids)
return #ids
`)
