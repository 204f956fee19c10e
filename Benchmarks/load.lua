-- One wrk thread's work: reads or writes of secrets chosen at random. Environment: OPERATION, SECRETS, TOKEN.
local operation, secrets = os.getenv("OPERATION"), tonumber(os.getenv("SECRETS"))
local headers = { ["X-Vault-Token"] = os.getenv("TOKEN"), ["Content-Type"] = "application/json" }
local body = '{"data":{"user":"somebody","password":"pppppppppppppppppppppppppppppppp"}}'

function init() math.randomseed(os.time()) end

function request()
  local path = "/v1/kv/data/s" .. math.random(0, secrets - 1)
  if operation == "write" then return wrk.format("POST", path, headers, body) end
  return wrk.format("GET", path, headers)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('RESULT {"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
