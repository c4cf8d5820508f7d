package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The real disk, with a hook before every call that changes something: to stop there, or to let
 * somebody else do something just then.
 */
public record HookedDisk(Disk real, Hook hook) implements Disk {
  /** Hears of a call that is about to be made. */
  public interface Hook {
    void before(String call, String name) throws IOException;
  }

  @Override
  public Directory open(Path directory) throws IOException {
    return new HookedDirectory(real.open(directory), hook);
  }

  @Override
  public int user() {
    return real.user();
  }

  @Override
  public Space space(Path path) throws IOException {
    return real.space(path);
  }

  private record HookedDirectory(Directory real, Hook hook) implements Directory {
    private static Directory real(Directory other) {
      return ((HookedDirectory) other).real;
    }

    @Override
    public Directory openDirectory(String relative) throws IOException {
      return new HookedDirectory(real.openDirectory(relative), hook);
    }

    @Override
    public @Nullable FileStat stat(String name) throws IOException {
      return real.stat(name);
    }

    @Override
    public FileStat stat() throws IOException {
      return real.stat();
    }

    @Override
    public @Nullable String filesystem() throws IOException {
      return real.filesystem();
    }

    @Override
    public List<Entry> list() throws IOException {
      return real.list();
    }

    @Override
    public OpenFile openRead(String name) throws IOException {
      return new HookedFile(real.openRead(name), hook, name);
    }

    @Override
    public OpenFile openWrite(String name) throws IOException {
      return new HookedFile(real.openWrite(name), hook, name);
    }

    @Override
    public OpenFile create(String name, int mode) throws IOException {
      hook.before("create", name);
      return new HookedFile(real.create(name, mode), hook, name);
    }

    @Override
    public OpenFile createUnnamed(int mode) throws IOException {
      hook.before("createUnnamed", "");
      return new HookedFile(real.createUnnamed(mode), hook, "");
    }

    @Override
    public boolean link(OpenFile unnamed, String name) throws IOException {
      hook.before("link", name);
      return real.link(((HookedFile) unnamed).real, name);
    }

    @Override
    public boolean rename(String name, Directory target, String newName) throws IOException {
      hook.before("rename", name);
      return real.rename(name, real(target), newName);
    }

    @Override
    public void replace(String name, String newName) throws IOException {
      hook.before("replace", name);
      real.replace(name, newName);
    }

    @Override
    public void exchange(String name, Directory target, String otherName) throws IOException {
      hook.before("exchange", otherName);
      real.exchange(name, real(target), otherName);
    }

    @Override
    public void unlink(String name) throws IOException {
      hook.before("unlink", name);
      real.unlink(name);
    }

    @Override
    public boolean makeDirectory(String name, int mode) throws IOException {
      hook.before("makeDirectory", name);
      return real.makeDirectory(name, mode);
    }

    @Override
    public boolean removeDirectory(String name) throws IOException {
      hook.before("removeDirectory", name);
      return real.removeDirectory(name);
    }

    @Override
    public void sync() throws IOException {
      hook.before("sync", toString());
      real.sync();
    }

    @Override
    public void syncFilesystem() throws IOException {
      hook.before("syncFilesystem", toString());
      real.syncFilesystem();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }

    @Override
    public String toString() {
      return real.toString();
    }
  }

  private record HookedFile(OpenFile real, Hook hook, String name) implements OpenFile {
    @Override
    public FileStat stat() throws IOException {
      return real.stat();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return real.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      hook.before("write", name);
      real.write(from, position);
    }

    @Override
    public void write(ByteBuffer[] from, long position) throws IOException {
      hook.before("write", name);
      real.write(from, position);
    }

    @Override
    public void allocate(long size) throws IOException {
      hook.before("allocate", name);
      real.allocate(size);
    }

    @Override
    public boolean punch(long position, long length) throws IOException {
      hook.before("punch", name);
      return real.punch(position, length);
    }

    @Override
    public long allocated() throws IOException {
      return real.allocated();
    }

    @Override
    public void truncate(long size) throws IOException {
      hook.before("truncate", name);
      real.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      hook.before("fsync", name);
      real.sync();
    }

    @Override
    public void syncData() throws IOException {
      hook.before("fdatasync", name);
      real.syncData();
    }

    @Override
    public void dropCache() throws IOException {
      real.dropCache();
    }

    @Override
    public void setMode(int mode) throws IOException {
      hook.before("setMode", name);
      real.setMode(mode);
    }

    @Override
    public void setModified(Instant modified) throws IOException {
      hook.before("setModified", name);
      real.setModified(modified);
    }

    @Override
    public Map<String, byte[]> attributes() throws IOException {
      return real.attributes();
    }

    @Override
    public List<String> setAttributes(Map<String, byte[]> attributes) throws IOException {
      hook.before("setAttributes", name);
      return real.setAttributes(attributes);
    }

    @Override
    public LeaseResult lease(LeaseKind kind) throws IOException {
      return real.lease(kind);
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
