-- For tests alone: the time that the caller says, as the last argument. No script that is shipped for sale has this.
local function clock()
  return tonumber(ARGV[#ARGV])
end
