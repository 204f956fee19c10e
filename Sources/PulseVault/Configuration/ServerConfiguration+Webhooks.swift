import Identity
import Notation
import VaultCore

extension ServerConfiguration {
    /// Reads `webhooks { allowed_networks = [...], ca_file = "..." }`.
    mutating func readWebhooks(_ body: HCLBody) throws(HCLError) {
        for block in try body.blocks(named: "webhooks", labels: 0) {
            if let item = try block.body.item(named: "allowed_networks") {
                guard let networks = item.value.strings else { throw item.error("expected a list of networks") }
                for network in networks {
                    guard let range = AddressRange(parsing: network) else {
                        throw item.error("expected networks such as \"10.0.0.0/8\"")
                    }
                    webhooks.allowed.append(range)
                }
                settings.allowsPlainWebhooks = !webhooks.allowed.isEmpty
            }
            if let file = try block.body.value(named: "ca_file")?.stringValue { webhooks.authoritiesFile = file }
            for item in block.body.items where item.name != "allowed_networks" && item.name != "ca_file" {
                warnings.append("webhooks: line \(item.line): unknown key \"\(item.name)\" is ignored")
            }
        }
    }
}
