package dotf.watcher;

import java.nio.file.Path;

/** Prints what a scan and a watcher say of a folder: run with fewer rights, or other mounts. */
final class ScanInChild {
  private ScanInChild() {}

  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    for (TreeReader.Opener opener :
        new TreeReader.Opener[] {LinuxTreeReader::open, PortableTreeReader::open}) {
      FolderScan.Outcome outcome =
          new FolderScan(root, opener)
              .scan(
                  entry ->
                      System.out.println(
                          entry.getClass().getSimpleName()
                              + " "
                              + FolderScanContract.path(entry)
                              + (entry instanceof FolderEntry.Unknown unknown
                                  ? ": " + unknown.reason()
                                  : "")));
      System.out.println(outcome);
    }
    try (FolderWatcher watcher = InotifyWatcher.open(root, _ -> {})) {
      watcher.unwatched().forEach(System.out::println);
    }
    try (FolderWatcher watcher = LibraryWatcher.open(root, _ -> {})) {
      watcher.unwatched().forEach(System.out::println);
    }
  }
}
