import Notation
struct RenderingError: Error, CustomStringConvertible { var description: String }
enum ConfigFormat: String, CaseIterable { case json
 init?(name: String) { self.init(rawValue: name) }
 var contentType: String { "text/plain" }
 func render(_ values: [(key: String, value: JSON)], leftOut: [String], name: String) throws(RenderingError) -> [UInt8] { [] } }
