package dotf.agent;

import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets go on what dotf holds back until a person has looked. Any thread. */
final class Allowing {
  private final Device device;
  private final Folders folders;
  private final Listing listing;

  Allowing(Device device, Folders folders, Listing listing) {
    this.device = device;
    this.folders = folders;
    this.listing = listing;
  }

  Allowed allow(@Nullable Path under, Duration time) throws NotFoundException {
    Folders.Inside inside = under == null ? null : folders.locate(under);
    if (under != null && inside == null) {
      throw new NotFoundException(under + " is in no watched folder; see dotf folders");
    }
    Instant until = device.clock().instant().plus(time);
    List<String> released = new ArrayList<>();
    releaseStubs(inside, until).ifPresent(released::add);
    acceptChanges(inside, time).ifPresent(released::add);
    return new Allowed(until, released);
  }

  /** The program that read them has their stubs' bytes by now: the next time it finds the files. */
  private Optional<String> releaseStubs(Folders.@Nullable Inside inside, Instant until) {
    FileKey under = inside == null ? null : listing.meant(inside);
    long files = 0;
    long bytes = 0;
    for (FileKey file : device.breaker().allow(under, until, device.clock().instant())) {
      FolderAgent folder = folders.find(file.folder());
      Row row = device.catalog().find(file);
      if (folder != null && row != null) {
        var _ = folder.restore(file.path());
        files++;
        bytes += row.size();
      }
    }
    return files == 0
        ? Optional.empty()
        : Optional.of(
            "%,d %s (%s) that a program wanted to read %s being brought back"
                .formatted(
                    files,
                    files == 1 ? "file" : "files",
                    Space.text(bytes),
                    files == 1 ? "is" : "are"));
  }

  /** Many files that changed at once. */
  private Optional<String> acceptChanges(Folders.@Nullable Inside inside, Duration time) {
    List<FolderAgent> meant =
        inside == null ? List.copyOf(folders.all()) : List.of(inside.folder());
    List<String> held = meant.stream().map(FolderAgent::held).filter(Objects::nonNull).toList();
    meant.forEach(folder -> folder.accept(time));
    return held.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "what was held in %d %s is taken as meant"
                .formatted(held.size(), held.size() == 1 ? "folder" : "folders"));
  }
}
