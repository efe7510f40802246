-- What a sold order keeps for good stays counted in its accounts and counters while a marker is left of it, or nothing, so that an
-- audit adds up: `sign` 1. It is counted by the order itself again once that is whole: -1.

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
