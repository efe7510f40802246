-- Writes what the batch changed: one command per kind, or few where there is very much of it.

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
    -- What stands under a key in another's place is met here, not between two writes.
    for i = 1, #HASHES do redis.call('HLEN', HASHES[i]) end
    redis.call('ZCARD', DUE)
    redis.call('ZCARD', OWED)
    -- The stream first: it alone may refuse, an entry that does not follow.
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
