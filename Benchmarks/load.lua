-- One wrk thread's work. Environment: OPERATION, TOKEN; SECRETS, FLAGS, SERVICES or INSTANCES, how many; TAG, the tag
-- that is known.
local operation, token = os.getenv("OPERATION"), os.getenv("TOKEN")
local secrets, flags = tonumber(os.getenv("SECRETS")), tonumber(os.getenv("FLAGS"))
local services, instances = tonumber(os.getenv("SERVICES")), tonumber(os.getenv("INSTANCES"))

local vault = { ["X-Vault-Token"] = token, ["Content-Type"] = "application/json" }
local secret = '{"data":{"user":"somebody","password":"pppppppppppppppppppppppppppppppp"}}'
local function secretPath() return "/v1/kv/data/s" .. math.random(0, secrets - 1) end

local evaluate = "/ofrep/v1/evaluate/flags"
local bearer = {
  ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json", ["If-None-Match"] = os.getenv("TAG"),
}
local function user(number) return '{"context":{"targetingKey":"user-' .. number .. '","plan":"paid"}}' end
local function someone() return user(math.random(0, 9999)) end

-- Places take turns, so that each is asked for again only when all others were.
local place = -1
local function documentPath(place)
  local service, instance = place % services, math.floor(place / services) % instances
  return "/v1/config/effective/s" .. service .. "?env=prod&instance=i" .. instance
end
local function nextPlace() place = place + 1; return documentPath(place) end
local known = { ["X-Vault-Token"] = token, ["If-None-Match"] = os.getenv("TAG") }

local requests = {
  read = function() return wrk.format("GET", secretPath(), vault) end,
  write = function() return wrk.format("POST", secretPath(), vault, secret) end,
  single = function() return wrk.format("POST", evaluate .. "/f" .. math.random(0, flags - 1), bearer, someone()) end,
  bulk = function() return wrk.format("POST", evaluate, bearer, someone()) end,
  unchanged = function() return wrk.format("POST", evaluate, bearer, user(1)) end,
  documents = function() return wrk.format("GET", nextPlace(), vault) end,
  known = function() return wrk.format("GET", documentPath(0), known) end,
}

function init() math.randomseed(os.time()) end

request = requests[operation]

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('RESULT {"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
