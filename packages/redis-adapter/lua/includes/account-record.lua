-- One account as it is kept: counters, sale window, backorder limit, versions, in digits.

local function unpackAccount(number, text)
  local available, reserved, sold, backordered, supplied, archived, opensAt, closesAt, backorderLimit, configVersion, version =
    string.match(text, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  return {
    number = number,
    available = tonumber(available), reserved = tonumber(reserved), sold = tonumber(sold),
    backordered = tonumber(backordered), supplied = tonumber(supplied), archived = tonumber(archived),
    opensAt = tonumber(opensAt), closesAt = tonumber(closesAt), backorderLimit = tonumber(backorderLimit),
    configVersion = tonumber(configVersion), version = tonumber(version),
  }
end

local function packInstant(instant)
  return instant and string.format('%.0f', instant) or '-'
end

local function packAccount(account)
  return string.format(
    '%.0f %.0f %.0f %.0f %.0f %.0f %s %s %.0f %.0f %.0f',
    account.available, account.reserved, account.sold, account.backordered, account.supplied, account.archived,
    packInstant(account.opensAt), packInstant(account.closesAt), account.backorderLimit, account.configVersion, account.version
  )
end

-- How it stands after a batch, as the stream entry tells it.
local function packChange(account)
  return pack(
    '<BI3I4I7I7I7I7I7', 65, account.number, account.version,
    account.available, account.reserved, account.sold, account.backordered, account.supplied
  )
end

local function isOpen(account)
  return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
end
