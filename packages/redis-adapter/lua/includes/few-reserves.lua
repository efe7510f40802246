-- Few alike reserves of what nearly every order of a sale is: a new id, subjects of whom nothing is known, units in stock. All
-- that it takes is their shape as it was made ready once (includes/ready-shape.lua). They are decided before all else of the
-- script is made, which takes the server longer than the orders; nor is any of this in functions, which are made anew by each
-- call. Where anything else is met, nothing was written, and the batch is decided in full.

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

-- What they take from each account: all of them, or nothing.
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
      -- What is short of its one line is told in one number.
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
  -- Deadlines first: what stands under their key in another's place is met here, the others were read, and a group whose orders
  -- are not there is passed over. Then the stream, which may refuse an entry that does not follow.
  call('ZADD', DUE, format('%d', until_), due)
  call('XADD', OUTBOX, epoch .. '-' .. number, 'at', time, 'log', log)
  call('HSET', META, 'sequence', number, 'at', time)
  call('HSET', ACCOUNTS, unpack(accountFields))
  call('HSET', RESERVATIONS, unpack(reservationFields))
  if kept > 0 then call('HSET', SUBJECTS, unpack(subjectFields, 1, kept)) end
  return outcomes
end
