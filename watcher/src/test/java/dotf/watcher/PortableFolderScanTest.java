package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;

class PortableFolderScanTest extends FolderScanContract {
  @Override
  TreeReader.Opener opener() {
    return PortableTreeReader::open;
  }

  @Override
  void assertDeep(String path, int depth) {
    assertThat(found.getLast()).isInstanceOf(FolderEntry.Unknown.class);
    assertThat(found).hasSizeBetween(1000, depth);
  }
}
