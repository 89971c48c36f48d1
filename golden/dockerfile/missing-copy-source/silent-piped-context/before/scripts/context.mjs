// packs manifests and sources
