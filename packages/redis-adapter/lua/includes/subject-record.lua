-- What is known of one subject (a buyer, a phone, an IP): counters of limits, open guards and strikes, each by the number
-- of its name's root.

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
