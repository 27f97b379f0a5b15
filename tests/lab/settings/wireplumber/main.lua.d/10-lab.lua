-- Every program may see every camera of the lab, and is linked to the one there is.
components = {}

local function add_module(name)
  components[name] = { "libwireplumber-module-" .. name, type = "module" }
end

local function add_script(name, arguments)
  components[name] = { name, type = "script/lua", args = arguments }
end

add_module("metadata")
add_script("access/access-default.lua", { rules = {} })
add_module("si-node")
add_module("si-audio-adapter")
add_module("si-standard-link")
add_module("si-audio-endpoint")
add_module("default-nodes-api")
add_module("mixer-api")
add_script("create-item.lua", {})
add_script("policy-node.lua", { ["move"] = false, ["follow"] = false })
