-- One account as it is kept: counters, sale window, backorder limit, versions, in digits.

--- include formats

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

-- How it stands after a batch, as the stream entry tells it.
local function packChange(account)
  return pack(
    CHANGE, 65, account.number, account.version,
    account.available, account.reserved, account.sold, account.backordered, account.supplied
  )
end

local function isOpen(account)
  return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
end
