/// The rules for lists of policy names, which compare and are stored in ASCII lower case.
package enum PolicyNames {
    /// Names in lower case, trimmed of blanks, without empty ones and repetitions, sorted by bytes.
    ///
    /// - Parameter addingDefault: whether `default` belongs to the list; never added beside `root`.
    package static func canonical(_ names: some Sequence<String>, addingDefault: Bool = false) -> [String] {
        var bytes = names.map(lowered).filter { !$0.isEmpty }
        if addingDefault && !bytes.contains(Array("root".utf8)) { bytes.append(Array("default".utf8)) }
        bytes.sort { $0.lexicographicallyPrecedes($1) }
        var unique: [[UInt8]] = []
        for name in bytes where unique.last != name { unique.append(name) }
        return unique.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A list as one string of bytes, different for each list.
    package static func key(of names: [String]) -> [UInt8] {
        var key: [UInt8] = []
        for name in names {
            key += name.utf8
            key.append(0)
        }
        return key
    }

    /// Whether two names are the same bytes.
    package static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    /// Whether a list has a name, by bytes.
    package static func contains(_ names: [String], _ name: String) -> Bool { names.contains { same($0, name) } }

    /// Whether a name may stand in a token: printable, without path tricks that could reach another name.
    package static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard !bytes.isEmpty, bytes.count <= 256, bytes.first != UInt8(ascii: "/"), bytes.last != UInt8(ascii: "/")
        else { return false }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }), !bytes.contains(UInt8(ascii: "%")) else { return false }
        return !bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).contains { segment in
            segment.isEmpty || segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8)
        }
    }

    private static func lowered(_ name: String) -> [UInt8] {
        var bytes = Array(name.utf8)
        while let last = bytes.last, last == 0x20 || (0x09...0x0d).contains(last) { bytes.removeLast() }
        bytes = Array(bytes.drop { $0 == 0x20 || (0x09...0x0d).contains($0) })
        return bytes.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    }
}
