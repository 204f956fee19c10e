extension Folder {
    /// The names of everything below the folder once a draft is written.
    ///
    /// - Parameter names: the names before, as paths relative to the folder, sorted by their bytes.
    func names(_ names: [[UInt8]], after draft: Draft) -> [[UInt8]] {
        var added: [[UInt8]] = []
        var removed: Set<[UInt8]> = []
        for (key, write) in draft.writes {
            guard key.kind == kind, key.realm == realm, let name = name(of: key.path) else { continue }
            switch write {
            case .put: added.append(name)
            case .delete: removed.insert(name)
            }
        }
        guard !added.isEmpty || !removed.isEmpty else { return names }
        let known = Set(names)
        return (names.filter { !removed.contains($0) } + added.filter { !known.contains($0) })
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The path of a record relative to the folder; `nil` when it is not below it.
    private func name(of record: [UInt8]) -> [UInt8]? {
        if path.isEmpty { return record.isEmpty ? nil : record }
        guard record.count > path.count + 1, record.starts(with: path), record[path.count] == UInt8(ascii: "/") else {
            return nil
        }
        return Array(record[(path.count + 1)...])
    }
}
