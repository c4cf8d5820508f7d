import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks ({@code check}) or mends ({@code write}) the format of every Java source below here. */
class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    List<Path> wrong = new ArrayList<>();
    for (Path source : sources()) {
      String text = Files.readString(source);
      String formatted = new Formatter().formatSourceAndFixImports(text);
      if (!formatted.equals(text)) {
        wrong.add(source);
        if (write) {
          Files.writeString(source, formatted);
        }
      }
    }
    wrong.forEach(
        source -> System.err.println((write ? "formatted " : "not formatted: ") + source));
    if (!wrong.isEmpty() && !write) {
      System.err.println("To format them: mvn -N process-sources -Dformat=write");
      System.exit(1);
    }
  }

  private static List<Path> sources() throws IOException {
    try (var files = Files.walk(Path.of(""))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("target/"))
          .sorted()
          .toList();
    }
  }
}
