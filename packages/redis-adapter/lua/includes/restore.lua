-- A sold order of which a marker is left, or that was forgotten, as the ledger has it: what is to be done with its units needs it
-- whole. It is written when that is done, and not where that is refused.

-- `known`: what is kept under the id. That, where it is whole itself, or was changed since the ledger was asked.
local function restored(_, known) return known end

if not few and string.find(ARGV[11], '"whole":', 1, true) then
--- include told-reservation
--- include archive

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
