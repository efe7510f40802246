import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/** Prints [key, murmur2 of its UTF-8 bytes, its partition of 12] for keys of many forms, one a line, as JSON. */
public class Murmur2Table {
  private static final int PARTITIONS = 12;

  public static void main(String[] args) {
    Random random = new Random(1);
    Set<String> keys = new LinkedHashSet<>();
    keys.add("");
    for (int i = 0; i < 300; i++) keys.add("order-" + i);
    for (int i = 0; i < 200; i++) keys.add("SKU-" + random.nextInt(1_000_000) + "/default");
    for (int i = 0; i < 300; i++) keys.add(new java.util.UUID(random.nextLong(), random.nextLong()).toString());
    // Every length from none to some whole words, of letters of one to four bytes.
    String[] letters = {"a", "Z", "0", "-", "é", "ß", "Ж", "中", "€", "😀"};
    for (int i = 0; i < 400; i++) {
      StringBuilder key = new StringBuilder();
      for (int length = i % 40; length > 0; length--) key.append(letters[random.nextInt(letters.length)]);
      keys.add(key.toString());
    }
    StringBuilder table = new StringBuilder("[\n");
    int left = keys.size();
    for (String key : keys) {
      int hash = Utils.murmur2(key.getBytes(StandardCharsets.UTF_8));
      int partition = Utils.toPositive(hash) % PARTITIONS;
      table.append("  [\"" + key + "\", " + hash + ", " + partition + "]" + (--left == 0 ? "\n" : ",\n"));
    }
    System.out.print(table.append("]\n"));
  }
}
