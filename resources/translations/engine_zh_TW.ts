<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_TW" sourcelanguage="en">
<context>
    <name>engine</name>
    <message>
        <source>%1 (chosen among %2 candidates with %3)</source>
        <translation>%1（從 %2 個候選模型中以 %3 選出）</translation>
    </message>
    <message>
        <source>%1 (line %2)</source>
        <translation>%1（第 %2 行）</translation>
    </message>
    <message>
        <source>%1 Tried %2.</source>
        <translation>%1已試過：%2。</translation>
    </message>
    <message>
        <source>%1 alone does not say what it is.</source>
        <translation>單看 %1 無法得知它是什麼模型。</translation>
    </message>
    <message>
        <source>%1 begins as a text, but is none.</source>
        <translation>%1 開頭像文字檔，但並不是。</translation>
    </message>
    <message>
        <source>%1 cannot be an id (lower case, digits, dots and dashes)</source>
        <translation>%1 不能當作識別名稱（只能用小寫字母、數字、點和連字號）</translation>
    </message>
    <message>
        <source>%1 cannot be loaded.</source>
        <translation>無法載入 %1。</translation>
    </message>
    <message>
        <source>%1 cannot be loaded: %2.</source>
        <translation>無法載入 %1：%2。</translation>
    </message>
    <message>
        <source>%1 cannot be loaded: its model_index.json is missing.</source>
        <translation>無法載入 %1：缺少 model_index.json。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a PDF.</source>
        <translation>%1 無法當作 PDF 讀取。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a film.</source>
        <translation>%1 無法當作影片讀取。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a picture.</source>
        <translation>%1 無法當作圖片讀取。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a recording.</source>
        <translation>%1 無法當作錄音讀取。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a table: fewer than two columns or rows.</source>
        <translation>%1 無法當作表格讀取：不到兩欄或兩列。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a table: it is a binary file.</source>
        <translation>%1 無法當作表格讀取：它是二進位檔案。</translation>
    </message>
    <message>
        <source>%1 cannot be read as a table: no row below its names.</source>
        <translation>%1 無法當作表格讀取：欄名之下沒有任何資料列。</translation>
    </message>
    <message>
        <source>%1 cannot be read.</source>
        <translation>無法讀取 %1。</translation>
    </message>
    <message>
        <source>%1 cannot be shown as a table here.</source>
        <translation>%1 無法在這裡以表格顯示。</translation>
    </message>
    <message>
        <source>%1 cannot be taken in.</source>
        <translation>無法匯入 %1。</translation>
    </message>
    <message>
        <source>%1 cannot be worked out.</source>
        <translation>無法計算 %1。</translation>
    </message>
    <message>
        <source>%1 cannot be written or read.</source>
        <translation>無法寫入或讀取 %1。</translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation>無法寫入 %1。</translation>
    </message>
    <message>
        <source>%1 cannot do %2.</source>
        <translation>%1 無法進行「%2」。</translation>
    </message>
    <message>
        <source>%1 cannot keep only the %2.</source>
        <translation>%1 無法只保留「%2」。</translation>
    </message>
    <message>
        <source>%1 cannot take %2 as its %3.</source>
        <translation>「%1」無法以 %2 作為「%3」。</translation>
    </message>
    <message>
        <source>%1 comes with the package %2, which is not installed.</source>
        <translation>%1 隨套件 %2 提供，但該套件尚未安裝。</translation>
    </message>
    <message>
        <source>%1 contains no pictures.</source>
        <translation>%1 不含任何畫面。</translation>
    </message>
    <message>
        <source>%1 contains no sound.</source>
        <translation>%1 不含任何聲音。</translation>
    </message>
    <message>
        <source>%1 could not be fetched.</source>
        <translation>無法下載 %1。</translation>
    </message>
    <message>
        <source>%1 divides by zero.</source>
        <translation>%1 的除數為零。</translation>
    </message>
    <message>
        <source>%1 does not hold the weights of %2.</source>
        <translation>%1 所含的並不是 %2 的權重。</translation>
    </message>
    <message>
        <source>%1 does not hold the weights of HED.</source>
        <translation>%1 所含的並不是 HED 的權重。</translation>
    </message>
    <message>
        <source>%1 does not know %2, in which this text seems to be written.</source>
        <translation>%1 不懂這段文字看來所用的語言（%2）。</translation>
    </message>
    <message>
        <source>%1 does not know the script of this text, so the result may be wrong.</source>
        <translation>%1 不認得這段文字的書寫系統，所以結果可能不正確。</translation>
    </message>
    <message>
        <source>%1 does not know the script of this text.</source>
        <translation>%1 不認得這段文字所用的書寫系統。</translation>
    </message>
    <message>
        <source>%1 does not say what the model is.</source>
        <translation>無法從 %1 得知它是什麼模型。</translation>
    </message>
    <message>
        <source>%1 does not take %2 as its %3.</source>
        <translation>「%1」不接受以 %2 作為「%3」。</translation>
    </message>
    <message>
        <source>%1 does not translate into %2.</source>
        <translation>%1 無法翻譯成%2。</translation>
    </message>
    <message>
        <source>%1 does not translate into a language without a name.</source>
        <translation>%1 無法翻譯成未指明的語言。</translation>
    </message>
    <message>
        <source>%1 ends before %2 seconds.</source>
        <translation>%1 不到 %2 秒就結束了。</translation>
    </message>
    <message>
        <source>%1 failed on this input.</source>
        <translation>%1 無法處理這項輸入。</translation>
    </message>
    <message>
        <source>%1 found no words for the picture.</source>
        <translation>%1 無法描述這張圖片。</translation>
    </message>
    <message>
        <source>%1 gave back nothing for task %2 (%3).</source>
        <translation>%1 在工作 %2（%3）沒有傳回任何結果。</translation>
    </message>
    <message>
        <source>%1 gave no answer to the question.</source>
        <translation>%1 沒有回答這個問題。</translation>
    </message>
    <message>
        <source>%1 gave no result.</source>
        <translation>%1 沒有產生結果。</translation>
    </message>
    <message>
        <source>%1 has %2 GB; files may have up to 2 GB.</source>
        <translation>%1 有 %2 GB；檔案最多 2 GB。</translation>
    </message>
    <message>
        <source>%1 has %2 pages, and this model looks at one.</source>
        <translation>%1 有 %2 頁，而這個模型一次只看一頁。</translation>
    </message>
    <message>
        <source>%1 has another size than the catalogue says.</source>
        <translation>%1 的大小與模型目錄所列的不同。</translation>
    </message>
    <message>
        <source>%1 has been read</source>
        <translation>已讀取 %1</translation>
    </message>
    <message>
        <source>%1 has more than %2 million pixels.</source>
        <translation>%1 超過 %2 百萬像素。</translation>
    </message>
    <message>
        <source>%1 has no chat template.</source>
        <translation>%1 沒有對話範本。</translation>
    </message>
    <message>
        <source>%1 has no files of its own; it comes with %2.</source>
        <translation>%1 本身沒有檔案；它隨 %2 一起提供。</translation>
    </message>
    <message>
        <source>%1 has no files to take.</source>
        <translation>%1 沒有可匯入的檔案。</translation>
    </message>
    <message>
        <source>%1 has no list `demonstrations`.</source>
        <translation>%1 中沒有 `demonstrations` 清單。</translation>
    </message>
    <message>
        <source>%1 has no list `task_types`.</source>
        <translation>%1 中沒有 `task_types` 清單。</translation>
    </message>
    <message>
        <source>%1 has no page %2.</source>
        <translation>%1 沒有第 %2 頁。</translation>
    </message>
    <message>
        <source>%1 has no pages.</source>
        <translation>%1 沒有任何頁面。</translation>
    </message>
    <message>
        <source>%1 has no pictures in it.</source>
        <translation>%1 裡沒有任何畫面。</translation>
    </message>
    <message>
        <source>%1 has no task types.</source>
        <translation>%1 中沒有工作類型。</translation>
    </message>
    <message>
        <source>%1 has no text in it.</source>
        <translation>%1 裡沒有文字。</translation>
    </message>
    <message>
        <source>%1 has no tool for %2.</source>
        <translation>%1 沒有用來進行「%2」的工具。</translation>
    </message>
    <message>
        <source>%1 has no valid address.</source>
        <translation>%1 沒有有效的網址。</translation>
    </message>
    <message>
        <source>%1 has no weights as safetensors.</source>
        <translation>%1 沒有 safetensors 格式的權重。</translation>
    </message>
    <message>
        <source>%1 has only blanks in it.</source>
        <translation>%1 裡只有空白。</translation>
    </message>
    <message>
        <source>%1 has the task type %2 twice.</source>
        <translation>%1 中的工作類型「%2」出現了兩次。</translation>
    </message>
    <message>
        <source>%1 holds %2 models.</source>
        <translation>%1 裡有 %2 個模型。</translation>
    </message>
    <message>
        <source>%1 holds more than %2 MB of text.</source>
        <translation>%1 的文字超過 %2 MB。</translation>
    </message>
    <message>
        <source>%1 holds no model that can be taken.</source>
        <translation>%1 裡沒有可匯入的模型。</translation>
    </message>
    <message>
        <source>%1 holds no revision of its model.</source>
        <translation>%1 裡沒有這個模型的任何版本。</translation>
    </message>
    <message>
        <source>%1 holds something else than named tensors.</source>
        <translation>%1 裡的內容並不是具名張量。</translation>
    </message>
    <message>
        <source>%1 is a cache of the hub, but holds no model that can be taken.</source>
        <translation>%1 是模型中心的快取，但裡面沒有可匯入的模型。</translation>
    </message>
    <message>
        <source>%1 is a device, not a file.</source>
        <translation>%1 是裝置，不是檔案。</translation>
    </message>
    <message>
        <source>%1 is a file, not a folder.</source>
        <translation>%1 是檔案，不是資料夾。</translation>
    </message>
    <message>
        <source>%1 is a folder.</source>
        <translation>%1 是資料夾。</translation>
    </message>
    <message>
        <source>%1 is a pickle, which can contain code.</source>
        <translation>%1 是 pickle 檔，可能含有程式碼。</translation>
    </message>
    <message>
        <source>%1 is a picture in a form that cannot be opened, or it is damaged.</source>
        <translation>%1 的圖片格式無法開啟，或檔案已損壞。</translation>
    </message>
    <message>
        <source>%1 is a sound file without any sound in it.</source>
        <translation>%1 是沒有任何聲音的音訊檔。</translation>
    </message>
    <message>
        <source>%1 is a text of %2 MB; texts may have up to 20 MB.</source>
        <translation>%1 是 %2 MB 的文字檔；文字檔最多 20 MB。</translation>
    </message>
    <message>
        <source>%1 is an RTF document, which cannot be read here.</source>
        <translation>%1 是 RTF 文件，這裡無法讀取。</translation>
    </message>
    <message>
        <source>%1 is an archive.</source>
        <translation>%1 是壓縮檔。</translation>
    </message>
    <message>
        <source>%1 is an electronic book (EPUB), which cannot be read here.</source>
        <translation>%1 是電子書 (EPUB)，這裡無法讀取。</translation>
    </message>
    <message>
        <source>%1 is damaged or not complete.</source>
        <translation>%1 已損壞或不完整。</translation>
    </message>
    <message>
        <source>%1 is empty.</source>
        <translation>%1 是空的。</translation>
    </message>
    <message>
        <source>%1 is in the models folder already.</source>
        <translation>%1 已經在模型資料夾裡了。</translation>
    </message>
    <message>
        <source>%1 is large already: %2 times its sides would be more than %3 million pixels.</source>
        <translation>%1 已經很大：邊長放大 %2 倍會超過 %3 百萬像素。</translation>
    </message>
    <message>
        <source>%1 is larger than %2 MB.</source>
        <translation>%1 大於 %2 MB。</translation>
    </message>
    <message>
        <source>%1 is locked by a password.</source>
        <translation>%1 有密碼保護。</translation>
    </message>
    <message>
        <source>%1 is longer than %2 minutes.</source>
        <translation>%1 超過 %2 分鐘。</translation>
    </message>
    <message>
        <source>%1 is longer than the catalogue says.</source>
        <translation>%1 比模型目錄所列的還長。</translation>
    </message>
    <message>
        <source>%1 is missing</source>
        <translation>缺少 %1</translation>
    </message>
    <message>
        <source>%1 is missing or empty</source>
        <translation>缺少 %1，或它是空的</translation>
    </message>
    <message>
        <source>%1 is no box.</source>
        <translation>%1 不是方框。</translation>
    </message>
    <message>
        <source>%1 is no longer in memory.</source>
        <translation>%1 已不在記憶體中。</translation>
    </message>
    <message>
        <source>%1 is no longer there.</source>
        <translation>%1 已不存在。</translation>
    </message>
    <message>
        <source>%1 is no point.</source>
        <translation>%1 不是座標點。</translation>
    </message>
    <message>
        <source>%1 is not YAML.</source>
        <translation>%1 不是 YAML 檔。</translation>
    </message>
    <message>
        <source>%1 is not a checkpoint that can be read safely.</source>
        <translation>%1 不是能安全讀取的模型檢查點。</translation>
    </message>
    <message>
        <source>%1 is not a complete GGUF file.</source>
        <translation>%1 不是完整的 GGUF 檔。</translation>
    </message>
    <message>
        <source>%1 is not a complete safetensors file.</source>
        <translation>%1 不是完整的 safetensors 檔案。</translation>
    </message>
    <message>
        <source>%1 is not a condition.</source>
        <translation>%1 不是條件。</translation>
    </message>
    <message>
        <source>%1 is not a conversation that this program exported.</source>
        <translation>%1 不是由本程式匯出的對話。</translation>
    </message>
    <message>
        <source>%1 is not a form to convert to.</source>
        <translation>%1 不是可轉換的目標格式。</translation>
    </message>
    <message>
        <source>%1 is not a kind of model that can be taken by itself.</source>
        <translation>%1 這類模型無法單獨匯入。</translation>
    </message>
    <message>
        <source>%1 is not a language model (%2).</source>
        <translation>%1 不是語言模型（%2）。</translation>
    </message>
    <message>
        <source>%1 is not a language model (no architecture named).</source>
        <translation>%1 不是語言模型（未指明架構）。</translation>
    </message>
    <message>
        <source>%1 is not a language model that can plan.</source>
        <translation>%1 不是能夠規劃的語言模型。</translation>
    </message>
    <message>
        <source>%1 is not a list of texts</source>
        <translation>%1 不是文字清單</translation>
    </message>
    <message>
        <source>%1 is not a model that can be taken.</source>
        <translation>%1 不是可匯入的模型。</translation>
    </message>
    <message>
        <source>%1 is not a number to compare with.</source>
        <translation>%1 不是可以比較的數字。</translation>
    </message>
    <message>
        <source>%1 is not a size.</source>
        <translation>%1 不是大小。</translation>
    </message>
    <message>
        <source>%1 is not a source</source>
        <translation>%1 不是來源</translation>
    </message>
    <message>
        <source>%1 is not a text</source>
        <translation>%1 不是文字</translation>
    </message>
    <message>
        <source>%1 is not a text.</source>
        <translation>%1 不是文字檔。</translation>
    </message>
    <message>
        <source>%1 is not installed.</source>
        <translation>%1 尚未安裝。</translation>
    </message>
    <message>
        <source>%1 is not known as a %2 voice.</source>
        <translation>%1 不是已知的%2。</translation>
    </message>
    <message>
        <source>%1 is not there.</source>
        <translation>%1 不在那裡。</translation>
    </message>
    <message>
        <source>%1 is of a type that is not known here.</source>
        <translation>%1 的類型不明，無法處理。</translation>
    </message>
    <message>
        <source>%1 is too large to be read as a whole.</source>
        <translation>%1 太大，無法整個讀取。</translation>
    </message>
    <message>
        <source>%1 is written in form %2; this program reads up to form %3.</source>
        <translation>%1 的格式版本是 %2；本程式最多能讀到版本 %3。</translation>
    </message>
    <message>
        <source>%1 knows other labels than the ones asked for.</source>
        <translation>%1 認得的標籤與所要求的不同。</translation>
    </message>
    <message>
        <source>%1 lacks the file %2.</source>
        <translation>%1 缺少檔案 %2。</translation>
    </message>
    <message>
        <source>%1 leads to an unsafe address.</source>
        <translation>%1 會連到不安全的網址。</translation>
    </message>
    <message>
        <source>%1 makes at most %2 seconds.</source>
        <translation>%1 最多只能產生 %2 秒。</translation>
    </message>
    <message>
        <source>%1 more objects were not cut out.</source>
        <translation>另外 %1 個物體沒有剪下。</translation>
    </message>
    <message>
        <source>%1 names something twice</source>
        <translation>%1 中有重複的項目</translation>
    </message>
    <message>
        <source>%1 needs %2 GiB of memory, but models may take %3 GiB on %4.</source>
        <translation>%1 需要 %2 GiB 記憶體，但模型在 %4 上只能使用 %3 GiB。</translation>
    </message>
    <message>
        <source>%1 needs %2 GiB of memory, but models may take %3 MiB on %4.</source>
        <translation>%1 需要 %2 GiB 記憶體，但模型在 %4 上只能使用 %3 MiB。</translation>
    </message>
    <message>
        <source>%1 needs %2 MiB of memory, but models may take %3 GiB on %4.</source>
        <translation>%1 需要 %2 MiB 記憶體，但模型在 %4 上只能使用 %3 GiB。</translation>
    </message>
    <message>
        <source>%1 needs %2 MiB of memory, but models may take %3 MiB on %4.</source>
        <translation>%1 需要 %2 MiB 記憶體，但模型在 %4 上只能使用 %3 MiB。</translation>
    </message>
    <message>
        <source>%1 needs a library that cannot be imported.</source>
        <translation>%1 需要的程式庫無法載入。</translation>
    </message>
    <message>
        <source>%1 needs libraries that are not installed: %2.</source>
        <translation>%1 需要的程式庫尚未安裝：%2。</translation>
    </message>
    <message>
        <source>%1 needs the loader %2, which this version does not have.</source>
        <translation>%1 需要載入器 %2，但這個版本沒有。</translation>
    </message>
    <message>
        <source>%1 needs the model %2, which is not installed.</source>
        <translation>%1 需要模型 %2，但它尚未安裝。</translation>
    </message>
    <message>
        <source>%1 needs to be told the labels.</source>
        <translation>必須告訴 %1 有哪些標籤。</translation>
    </message>
    <message>
        <source>%1 of %2 could not be converted.</source>
        <translation>無法轉換 %2 的 %1。</translation>
    </message>
    <message>
        <source>%1 of %2 is damaged.</source>
        <translation>%2 的 %1 已損壞。</translation>
    </message>
    <message>
        <source>%1 of %2 objects</source>
        <translation>%2 個物體中的 %1 個</translation>
    </message>
    <message>
        <source>%1 of %2 × %3 pixels</source>
        <translation>「%1」，%2 × %3 像素</translation>
    </message>
    <message>
        <source>%1 people found</source>
        <translation>找到 %1 個人</translation>
    </message>
    <message>
        <source>%1 reads %2 columns of a table; %3 more were left out.</source>
        <translation>%1 只讀表格的 %2 欄；另外 %3 欄沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: %3 characters, from “%4” on, were left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%4」開始的 %3 個字元沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: %3 characters, from “%4…” on, were left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%4…」開始的 %3 個字元沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: %3 words, from “%4” on, were left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%4」開始的 %3 個單字沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: %3 words, from “%4…” on, were left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%4…」開始的 %3 個單字沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: 1 character, from “%3” on, was left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%3」開始的 1 個字元沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: 1 character, from “%3…” on, was left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%3…」開始的 1 個字元沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: 1 word, from “%3” on, was left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%3」開始的 1 個單字沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only the beginning of so long a %2: 1 word, from “%3…” on, was left out.</source>
        <translation>%2這麼長，%1 只讀開頭：從「%3…」開始的 1 個單字沒有讀取。</translation>
    </message>
    <message>
        <source>%1 reads only what stands near a gap of so long a text.</source>
        <translation>文字這麼長時，%1 只讀空格附近的內容。</translation>
    </message>
    <message>
        <source>%1 reads the beginnings of long cells only; %2 of them here.</source>
        <translation>%1 只讀長儲存格的開頭；這裡有 %2 格。</translation>
    </message>
    <message>
        <source>%1 seconds cleaned</source>
        <translation>已清理 %1 秒</translation>
    </message>
    <message>
        <source>%1 seconds converted</source>
        <translation>已轉換 %1 秒</translation>
    </message>
    <message>
        <source>%1 seconds heard</source>
        <translation>已聽完 %1 秒</translation>
    </message>
    <message>
        <source>%1 seconds read</source>
        <translation>已讀取 %1 秒</translation>
    </message>
    <message>
        <source>%1 seconds separated</source>
        <translation>已分離 %1 秒</translation>
    </message>
    <message>
        <source>%1 shows nothing that can be decoded.</source>
        <translation>%1 沒有可以解碼的畫面。</translation>
    </message>
    <message>
        <source>%1 texts are too many to compare with one another.</source>
        <translation>%1 段文字太多，無法互相比較。</translation>
    </message>
    <message>
        <source>%1 texts are too many to rank.</source>
        <translation>%1 段文字太多，無法排序。</translation>
    </message>
    <message>
        <source>%1 waits for memory</source>
        <translation>%1 正在等待記憶體</translation>
    </message>
    <message>
        <source>%1 was exported by a newer version of this program.</source>
        <translation>%1 是由較新版本的程式匯出的。</translation>
    </message>
    <message>
        <source>%1 was fetched, but could not be converted into the form that is loaded.</source>
        <translation>%1 已下載，但無法轉換成可載入的格式。</translation>
    </message>
    <message>
        <source>%1 words read</source>
        <translation>已讀取 %1 個字</translation>
    </message>
    <message>
        <source>%1 would have to be fetched, and downloads are turned off.</source>
        <translation>%1 需要下載，但下載功能已關閉。</translation>
    </message>
    <message>
        <source>%1 wrote nothing.</source>
        <translation>%1 沒有寫出任何內容。</translation>
    </message>
    <message>
        <source>%1 × %2 pixels are too many.</source>
        <translation>%1 × %2 像素太多了。</translation>
    </message>
    <message>
        <source>%1, %2 billion numbers</source>
        <translation>%1，%2 十億個數</translation>
    </message>
    <message>
        <source>%1, %2 million numbers</source>
        <translation>%1，%2 百萬個數</translation>
    </message>
    <message>
        <source>%1, file %2</source>
        <translation>%1，檔案 %2</translation>
    </message>
    <message>
        <source>%1, line %2: %3.</source>
        <translation>%1 第 %2 行：%3。</translation>
    </message>
    <message>
        <source>%1, line %2: it is not YAML.</source>
        <translation>%1 第 %2 行：不是 YAML。</translation>
    </message>
    <message>
        <source>%1, model %2</source>
        <translation>%1，模型 %2</translation>
    </message>
    <message>
        <source>%1/card.yaml, line %2: %3.</source>
        <translation>%1/card.yaml 第 %2 行：%3。</translation>
    </message>
    <message>
        <source>%1/card.yaml, line %2: it is not YAML.</source>
        <translation>%1/card.yaml 第 %2 行：不是 YAML。</translation>
    </message>
    <message>
        <source>%1/card.yaml: %2.</source>
        <translation>%1/card.yaml：%2。</translation>
    </message>
    <message>
        <source>%1/card.yaml: it is not YAML.</source>
        <translation>%1/card.yaml：不是 YAML。</translation>
    </message>
    <message>
        <source>%1: %2 Trying %3, %4.</source>
        <translation>%1：%2改用 %3，%4。</translation>
    </message>
    <message>
        <source>%1: %2 Trying %3.</source>
        <translation>%1：%2改試：%3。</translation>
    </message>
    <message>
        <source>%1: %2 Trying again.</source>
        <translation>%1：%2再試一次。</translation>
    </message>
    <message>
        <source>%1: it is not YAML.</source>
        <translation>%1：不是 YAML。</translation>
    </message>
    <message>
        <source>%1: stand_ins is not a list of task types for each type.</source>
        <translation>%1：stand_ins 應為每種類型各列出工作類型的清單。</translation>
    </message>
    <message>
        <source>%1: stand_ins names the unknown task type %2.</source>
        <translation>%1：stand_ins 提到未知的工作類型「%2」。</translation>
    </message>
    <message>
        <source>A conversation cannot be written as %1.</source>
        <translation>無法將對話寫成 %1。</translation>
    </message>
    <message>
        <source>A demonstration in %1 has no request.</source>
        <translation>%1 中有一則示範沒有請求。</translation>
    </message>
    <message>
        <source>A language model of your own; plans requests and does the text tasks (%1, %2).</source>
        <translation>你自己的語言模型；規劃請求並做文字工作（%1，%2）。</translation>
    </message>
    <message>
        <source>A model is a .gguf file, a folder with card.yaml, config.json with safetensors, a hub&apos;s cache.</source>
        <translation>模型可以是 .gguf 檔、含 card.yaml 的資料夾、config.json 搭配 safetensors，或模型中心的快取。</translation>
    </message>
    <message>
        <source>A model of your own for %1 (%2).</source>
        <translation>你自己的模型，用於 %1（%2）。</translation>
    </message>
    <message>
        <source>A model that does not name its class is not a kind of model that can be taken by itself.</source>
        <translation>沒有寫明類別的模型無法單獨匯入。</translation>
    </message>
    <message>
        <source>A picture of %1 × %2 pixels is too narrow a strip for this model.</source>
        <translation>%1 × %2 像素的圖片太過細長，這個模型無法處理。</translation>
    </message>
    <message>
        <source>A row of this table is longer than %1 reads; its last cells were left out.</source>
        <translation>這個表格有一列超過 %1 能讀的長度；最後幾格沒有讀取。</translation>
    </message>
    <message>
        <source>A task of the plan has no `task`.</source>
        <translation>計畫中有一項工作沒有 `task`。</translation>
    </message>
    <message>
        <source>A task type in %1 has no name.</source>
        <translation>%1 中有一個工作類型沒有名稱。</translation>
    </message>
    <message>
        <source>Add `%1` to its args.</source>
        <translation>請在它的 args 中加入 `%1`。</translation>
    </message>
    <message>
        <source>Add that task, or remove the reference to it.</source>
        <translation>請加入那項工作，或移除對它的參照。</translation>
    </message>
    <message>
        <source>Adds up, averages, sorts and selects the rows of a table exactly; nothing to fetch.</source>
        <translation>精確地加總、平均、排序與篩選表格的列；不需下載。</translation>
    </message>
    <message>
        <source>Albanian</source>
        <translation>阿爾巴尼亞文</translation>
    </message>
    <message>
        <source>Another program keeps the history %1 locked.</source>
        <translation>另一個程式鎖住了歷史紀錄 %1。</translation>
    </message>
    <message>
        <source>Answers English questions from the cells of a table; adds up, averages and counts them.</source>
        <translation>由表格的儲存格回答英文問題；能加總、求平均與計數。</translation>
    </message>
    <message>
        <source>Answers directly without thinking aloud; good plans and texts in many languages where 4 GB of memory are free.</source>
        <translation>直接回答，不先把思考說出來；有 4 GB 可用記憶體時，能以多種語言做出好的計畫與文字。</translation>
    </message>
    <message>
        <source>Answers short questions about a photo in a word or two (what, where, how many, which colour).</source>
        <translation>用一兩個字回答關於照片的簡短問題（什麼、哪裡、多少、什麼顏色）。</translation>
    </message>
    <message>
        <source>Apache-2.0 (unverified)</source>
        <translation>Apache-2.0（未查證）</translation>
    </message>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯文</translation>
    </message>
    <message>
        <source>Ask a shorter question, or set a larger context.</source>
        <translation>請把問題縮短，或設定較大的上下文。</translation>
    </message>
    <message>
        <source>Ask for less, or choose another model.</source>
        <translation>請要求短一點，或改用其他模型。</translation>
    </message>
    <message>
        <source>Ask in other words, or try another model.</source>
        <translation>請換個問法，或試試其他模型。</translation>
    </message>
    <message>
        <source>At least %1 rows with a known class are needed to learn from.</source>
        <translation>至少需要 %1 列已知類別的資料才能學習。</translation>
    </message>
    <message>
        <source>Attach %1 and ask again.</source>
        <translation>請附加%1，再問一次。</translation>
    </message>
    <message>
        <source>Attach a copy from another place.</source>
        <translation>請附加放在其他位置的副本。</translation>
    </message>
    <message>
        <source>Attach a file as its %1.</source>
        <translation>請附加一個檔案作為「%1」。</translation>
    </message>
    <message>
        <source>Attach a file with content.</source>
        <translation>請附加有內容的檔案。</translation>
    </message>
    <message>
        <source>Attach a file with some text in it, or type the text.</source>
        <translation>請附加含有文字的檔案，或直接輸入文字。</translation>
    </message>
    <message>
        <source>Attach a file.</source>
        <translation>請附加一個檔案。</translation>
    </message>
    <message>
        <source>Attach a film that plays in a media player.</source>
        <translation>請附加媒體播放器能播放的影片。</translation>
    </message>
    <message>
        <source>Attach a film.</source>
        <translation>請附加一段影片。</translation>
    </message>
    <message>
        <source>Attach a part of it.</source>
        <translation>請只附加其中一部分。</translation>
    </message>
    <message>
        <source>Attach a part of the table.</source>
        <translation>請只附加表格的一部分。</translation>
    </message>
    <message>
        <source>Attach a picture (PNG, JPEG, WebP), a sound (WAV, MP3, FLAC), a video (MP4), a text, a table, a PDF or a DOCX.</source>
        <translation>請附加圖片（PNG、JPEG、WebP）、聲音（WAV、MP3、FLAC）、影片（MP4）、文字檔、表格、PDF 或 DOCX。</translation>
    </message>
    <message>
        <source>Attach a recording that plays in a media player.</source>
        <translation>請附加媒體播放器能播放的錄音。</translation>
    </message>
    <message>
        <source>Attach a recording, or a film with sound.</source>
        <translation>請附加錄音，或有聲音的影片。</translation>
    </message>
    <message>
        <source>Attach a recording, or a video with sound.</source>
        <translation>請附加錄音，或有聲音的影片。</translation>
    </message>
    <message>
        <source>Attach another film.</source>
        <translation>請附加其他影片。</translation>
    </message>
    <message>
        <source>Attach the file again.</source>
        <translation>請重新附加檔案。</translation>
    </message>
    <message>
        <source>Attach the file, or change the plan.</source>
        <translation>請附加檔案，或更改計畫。</translation>
    </message>
    <message>
        <source>Attach the file, or name another one.</source>
        <translation>請附加檔案，或指定其他檔案。</translation>
    </message>
    <message>
        <source>Attach the files in it one by one.</source>
        <translation>請逐一附加其中的檔案。</translation>
    </message>
    <message>
        <source>Attach the page that matters as a picture, or ask for the text of the document first.</source>
        <translation>請把需要的那一頁以圖片附加，或先要求讀出文件的文字。</translation>
    </message>
    <message>
        <source>Bengali</source>
        <translation>孟加拉文</translation>
    </message>
    <message>
        <source>Bulgarian</source>
        <translation>保加利亞文</translation>
    </message>
    <message>
        <source>Business texts and plans of a large language model, on a GPU of 24 GB.</source>
        <translation>大型語言模型的商務文字與計畫，需要 24 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Catalan</source>
        <translation>加泰隆尼亞文</translation>
    </message>
    <message>
        <source>Change its permissions, or attach a copy.</source>
        <translation>請更改權限，或附加副本。</translation>
    </message>
    <message>
        <source>Changes a picture by an English instruction (make it winter, turn the car red).</source>
        <translation>依英文指示修改圖片（變成冬天、把車變成紅色）。</translation>
    </message>
    <message>
        <source>Changes a picture by an instruction and keeps faces, things and lettering; minutes for each, on a GPU of 48 GB.</source>
        <translation>依指示修改圖片，保留臉孔、物品與文字；每張需數分鐘，需要 48 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Changes a picture or its masked part by an instruction in four steps, the best one here for it, on a GPU of 16 GB.</source>
        <translation>依指示用四個步驟修改圖片或其遮罩部分，此處最擅長此事，需要 16 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Check HF_ENDPOINT and the proxy settings.</source>
        <translation>請檢查 HF_ENDPOINT 與代理伺服器設定。</translation>
    </message>
    <message>
        <source>Check `convert` in the model&apos;s entry of models.yaml.</source>
        <translation>請檢查 models.yaml 中該模型的 `convert`。</translation>
    </message>
    <message>
        <source>Check its driver, or set `device` to `cpu` in the settings.</source>
        <translation>請檢查驅動程式，或在設定中把 `device` 設為 `cpu`。</translation>
    </message>
    <message>
        <source>Check its name and its rights.</source>
        <translation>請檢查名稱與權限。</translation>
    </message>
    <message>
        <source>Check its name.</source>
        <translation>請檢查名稱。</translation>
    </message>
    <message>
        <source>Check pip&apos;s configuration with `pip config list`.</source>
        <translation>請以 `pip config list` 檢查 pip 的設定。</translation>
    </message>
    <message>
        <source>Check that it is the file that models.yaml names.</source>
        <translation>請確認它是 models.yaml 所指的檔案。</translation>
    </message>
    <message>
        <source>Check that the file is still there.</source>
        <translation>請確認檔案還在。</translation>
    </message>
    <message>
        <source>Check that there is room on the disk and that %1 can be written to.</source>
        <translation>請確認磁碟有空間，而且 %1 可以寫入。</translation>
    </message>
    <message>
        <source>Check that you may read and write it, and that its disk is well.</source>
        <translation>請確認你能讀寫它，而且它所在的磁碟正常。</translation>
    </message>
    <message>
        <source>Check that you may read it, and its disk.</source>
        <translation>請確認你有讀取它的權限，並檢查它所在的磁碟。</translation>
    </message>
    <message>
        <source>Check that you may read it.</source>
        <translation>請確認你有讀取權限。</translation>
    </message>
    <message>
        <source>Check that you may write to its folder.</source>
        <translation>請確認你能寫入它所在的資料夾。</translation>
    </message>
    <message>
        <source>Check the disk and the folder %1.</source>
        <translation>請檢查磁碟與資料夾 %1。</translation>
    </message>
    <message>
        <source>Check the disk or network folder that it is on.</source>
        <translation>請檢查它所在的磁碟或網路資料夾。</translation>
    </message>
    <message>
        <source>Check the disk, or choose another folder.</source>
        <translation>請檢查磁碟，或改用其他資料夾。</translation>
    </message>
    <message>
        <source>Check the folder %1.</source>
        <translation>請檢查資料夾 %1。</translation>
    </message>
    <message>
        <source>Check the folder&apos;s rights and the disk.</source>
        <translation>請檢查資料夾的權限與磁碟。</translation>
    </message>
    <message>
        <source>Check the path and the spelling.</source>
        <translation>請檢查路徑與拼字。</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>請檢查路徑。</translation>
    </message>
    <message>
        <source>Check the rights to it.</source>
        <translation>請檢查它的權限。</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Choose a .zip that “Export” wrote.</source>
        <translation>請選擇由「匯出」寫出的 .zip。</translation>
    </message>
    <message>
        <source>Choose a file of the kind that it wants.</source>
        <translation>請選擇它所需類型的檔案。</translation>
    </message>
    <message>
        <source>Choose a folder that you may write to.</source>
        <translation>請選擇你能寫入的資料夾。</translation>
    </message>
    <message>
        <source>Choose a name that ends in .md, .html, .json, .sh or .zip.</source>
        <translation>請選擇以 .md、.html、.json、.sh 或 .zip 結尾的名稱。</translation>
    </message>
    <message>
        <source>Choose a smaller model, close other programs, or raise the memory budget (`memory_budget_bytes` in the settings, `--memory-budget` on the command line).</source>
        <translation>請改選較小的模型、關閉其他程式，或提高記憶體上限（設定中的 `memory_budget_bytes`，或命令列的 `--memory-budget`）。</translation>
    </message>
    <message>
        <source>Choose a voice for its language.</source>
        <translation>請選擇適合這個語言的聲音。</translation>
    </message>
    <message>
        <source>Choose an existing file.</source>
        <translation>請選擇存在的檔案。</translation>
    </message>
    <message>
        <source>Choose an existing folder that you may write to.</source>
        <translation>請選擇存在且能寫入的資料夾。</translation>
    </message>
    <message>
        <source>Choose another model for translation.</source>
        <translation>請改用其他翻譯模型。</translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation>請改用其他模型。</translation>
    </message>
    <message>
        <source>Choose one file for each that the plan uses.</source>
        <translation>計畫用到的每個檔案，請各選一個。</translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller model, then try again.</source>
        <translation>請關閉其他程式或改選較小的模型，再試一次。</translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller one.</source>
        <translation>請關閉其他程式，或改選較小的模型。</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model.</source>
        <translation>請關閉其他程式，或改選較小的模型。</translation>
    </message>
    <message>
        <source>Close other programs, or set a smaller context.</source>
        <translation>請關閉其他程式，或設定較小的上下文。</translation>
    </message>
    <message>
        <source>Close other windows of this program and try again.</source>
        <translation>請關閉本程式的其他視窗，再試一次。</translation>
    </message>
    <message>
        <source>Colours every region of a scene, 150 classes, in the colours that guides for drawing have.</source>
        <translation>為場景的每個區域上色（150 種類別），所用的顏色可作為繪圖的引導。</translation>
    </message>
    <message>
        <source>Colours every region of a scene, 150 classes, more surely than the tiny one and more slowly.</source>
        <translation>為場景的每個區域上色（150 種類別），比 tiny 更準確，也較慢。</translation>
    </message>
    <message>
        <source>Compact language model, strong in reasoning and code in English.</source>
        <translation>精簡的語言模型，擅長英文的推理與程式碼。</translation>
    </message>
    <message>
        <source>Compares English sentences by meaning and gives 384 numbers for a text; very fast.</source>
        <translation>依意義比較英文句子，並把文字轉成 384 個數；非常快。</translation>
    </message>
    <message>
        <source>Compares sentences of about 100 languages by meaning, also across languages, more surely than the small one.</source>
        <translation>依意義比較約 100 種語言的句子，也能跨語言，比小的那個更準確。</translation>
    </message>
    <message>
        <source>Compares sentences of about 100 languages by meaning, also across languages.</source>
        <translation>依意義比較約 100 種語言的句子，也能跨語言。</translation>
    </message>
    <message>
        <source>Correct it, or delete the file to begin anew.</source>
        <translation>請更正它，或刪除該檔案以重新開始。</translation>
    </message>
    <message>
        <source>Count from 0: -1 stands for no dependency.</source>
        <translation>請從 0 開始編號：-1 代表沒有相依。</translation>
    </message>
    <message>
        <source>CreativeML-OpenRAIL-M (unverified)</source>
        <translation>CreativeML-OpenRAIL-M（未查證）</translation>
    </message>
    <message>
        <source>Croatian</source>
        <translation>克羅埃西亞文</translation>
    </message>
    <message>
        <source>Crops, resizes and turns pictures, and picks objects out of what was found; nothing to fetch.</source>
        <translation>裁切、縮放、旋轉圖片，並從找到的物品中挑選；不需下載。</translation>
    </message>
    <message>
        <source>Cut out the part that matters, and give that.</source>
        <translation>請剪下需要的部分，再提供該部分。</translation>
    </message>
    <message>
        <source>Cut out the part that matters, or take it as it is.</source>
        <translation>請剪下需要的部分，或直接使用原圖。</translation>
    </message>
    <message>
        <source>Cut out the part that matters.</source>
        <translation>請剪下需要的部分。</translation>
    </message>
    <message>
        <source>Cuts a photo into its things and surroundings (person, car, sky, grass …), 133 COCO classes.</source>
        <translation>把照片分成各個物品與環境（人、車、天空、草地……），133 種 COCO 類別。</translation>
    </message>
    <message>
        <source>Cuts and joins recordings and films, and takes pictures and sound out of films; nothing to fetch.</source>
        <translation>剪接錄音與影片，並從影片取出畫面與聲音；不需下載。</translation>
    </message>
    <message>
        <source>Cuts out the main thing of a picture with fine edges: people, animals, products.</source>
        <translation>以細緻的邊緣裁出圖片的主體：人、動物、商品。</translation>
    </message>
    <message>
        <source>Cuts people out of a photo, quickly on any machine.</source>
        <translation>從照片裁出人物，任何電腦上都很快。</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>捷克文</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>丹麥文</translation>
    </message>
    <message>
        <source>Delete %1: it is made anew at the next start.</source>
        <translation>請刪除 %1：下次啟動時會重新建立。</translation>
    </message>
    <message>
        <source>Delete it yourself.</source>
        <translation>請自行刪除它。</translation>
    </message>
    <message>
        <source>Delete something and run it again.</source>
        <translation>請刪除一些東西，再執行一次。</translation>
    </message>
    <message>
        <source>Describes a photo in one or two detailed English sentences.</source>
        <translation>用一兩句詳細的英文描述照片。</translation>
    </message>
    <message>
        <source>Describes a photo in one plain English sentence.</source>
        <translation>用一句平實的英文描述照片。</translation>
    </message>
    <message>
        <source>Describes a picture in detail, charts and screenshots too; a small vision-language model for any machine.</source>
        <translation>詳細描述圖片，圖表與螢幕截圖也可以；適合任何電腦的小型視覺語言模型。</translation>
    </message>
    <message>
        <source>Describes pictures and answers about them in English on any machine, without torch.</source>
        <translation>在任何電腦上以英文描述圖片並回答相關問題，不需要 torch。</translation>
    </message>
    <message>
        <source>Describes pictures, answers about them and reads their text, in many languages, on a GPU of 8 GB.</source>
        <translation>以多種語言描述圖片、回答相關問題並讀取其中文字，需要 8 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Describes pictures, answers about them and reads their text, in many languages, on any machine.</source>
        <translation>以多種語言描述圖片、回答相關問題並讀取其中文字，任何電腦皆可。</translation>
    </message>
    <message>
        <source>Describes pictures, answers about them and reads their text, the surest one here, on a GPU of 12 GB.</source>
        <translation>描述圖片、回答相關問題並讀取其中文字，此處最準確，需要 12 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Draws a picture anew by an English description in four steps, keeping its outlines: for machines without a GPU.</source>
        <translation>依英文描述用四個步驟重畫圖片，保留輪廓：適合沒有 GPU 的電腦。</translation>
    </message>
    <message>
        <source>Draws a picture of up to 1024 pixels, or its masked part, anew by an English description; on a GPU of 12 GB.</source>
        <translation>依英文描述重畫最大 1024 像素的圖片或其遮罩部分；需要 12 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Draws a picture, or its masked part, anew by an English description (as a watercolour), keeping its outlines.</source>
        <translation>依英文描述（例如畫成水彩）重畫圖片或其遮罩部分，保留輪廓。</translation>
    </message>
    <message>
        <source>Draws along a depth map, in the first version; needs stable-diffusion-1.5.</source>
        <translation>依深度圖作畫（第一版）；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along a depth map; needs stable-diffusion-1.5.</source>
        <translation>依深度圖作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along coloured regions, newer than controlnet-seg; needs stable-diffusion-1.5.</source>
        <translation>依上色的區域作畫，比 controlnet-seg 新；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along coloured regions; needs stable-diffusion-1.5.</source>
        <translation>依上色的區域作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along soft edges, newer than controlnet-hed; needs stable-diffusion-1.5.</source>
        <translation>沿著柔和邊緣作畫，比 controlnet-hed 新；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along soft edges; needs stable-diffusion-1.5.</source>
        <translation>沿著柔和邊緣作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along straight lines, older than controlnet-mlsd; needs stable-diffusion-1.5.</source>
        <translation>沿著直線作畫，比 controlnet-mlsd 舊；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along straight lines, such as those of a room; needs stable-diffusion-1.5.</source>
        <translation>沿著直線（例如房間的線條）作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along the directions of surfaces, newer than controlnet-normal; needs stable-diffusion-1.5.</source>
        <translation>依表面的方向作畫，比 controlnet-normal 新；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along the directions of surfaces; needs stable-diffusion-1.5.</source>
        <translation>依表面的方向作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along the edges of a picture, in the first version; needs stable-diffusion-1.5.</source>
        <translation>沿著圖片的邊緣作畫（第一版）；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along the edges of a picture; needs stable-diffusion-1.5.</source>
        <translation>沿著圖片的邊緣作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along the poses of people, older than controlnet-openpose; needs stable-diffusion-1.5.</source>
        <translation>依人物的姿勢作畫，比 controlnet-openpose 舊；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws along the poses of people; needs stable-diffusion-1.5.</source>
        <translation>依人物的姿勢作畫；需要 stable-diffusion-1.5。</translation>
    </message>
    <message>
        <source>Draws detailed pictures along a depth map, on a GPU of 16 GB; needs stable-diffusion-xl.</source>
        <translation>依深度圖畫出細緻的圖片，需要 16 GB 的 GPU；需要 stable-diffusion-xl。</translation>
    </message>
    <message>
        <source>Draws detailed pictures along the edges of a picture, on a GPU of 16 GB; needs stable-diffusion-xl.</source>
        <translation>沿著圖片的邊緣畫出細緻的圖片，需要 16 GB 的 GPU；需要 stable-diffusion-xl。</translation>
    </message>
    <message>
        <source>Draws detailed pictures of 1024 pixels from an English description, on a GPU of 12 GB.</source>
        <translation>依英文描述畫出 1024 像素的細緻圖片，需要 12 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Draws lifelike pictures with English and Chinese lettering from a description in nine steps, on a GPU of 24 GB.</source>
        <translation>依描述用九個步驟畫出逼真、帶有英文與中文字的圖片，需要 24 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Draws pictures from a description in four steps, on a GPU of 48 GB; FLUX.2 klein is smaller and newer.</source>
        <translation>依描述用四個步驟畫出圖片，需要 48 GB 的 GPU；FLUX.2 klein 更小也更新。</translation>
    </message>
    <message>
        <source>Draws pictures of 512 pixels from an English description in four steps: the one for machines without a GPU.</source>
        <translation>依英文描述用四個步驟畫出 512 像素的圖片：適合沒有 GPU 的電腦。</translation>
    </message>
    <message>
        <source>Draws pictures of 512 pixels from an English description; on a GPU of 8 GB; guides for drawing build on it.</source>
        <translation>依英文描述畫出 512 像素的圖片；需要 8 GB 的 GPU；繪圖的引導以它為基礎。</translation>
    </message>
    <message>
        <source>Draws pictures with much lettering, Chinese too, exactly as described; minutes for each, on a GPU of 48 GB.</source>
        <translation>完全依描述畫出含大量文字（也包括中文）的圖片；每張需數分鐘，需要 48 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Draws sharp pictures with readable lettering from a description in four steps, on a GPU of 16 GB.</source>
        <translation>依描述用四個步驟畫出清晰、字跡可讀的圖片，需要 16 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>荷蘭文</translation>
    </message>
    <message>
        <source>Edges and straight lines of a picture as a guide; nothing to fetch.</source>
        <translation>把圖片的邊緣與直線作為引導；不需下載。</translation>
    </message>
    <message>
        <source>Encoding text %1 of %2</source>
        <translation>正在處理第 %1 段文字，共 %2 段</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>Enlarges a picture to twice its width and height, sharply.</source>
        <translation>把圖片清晰地放大為兩倍寬與高。</translation>
    </message>
    <message>
        <source>Enlarges a small picture to four times its width and height.</source>
        <translation>把小圖片放大為四倍寬與高。</translation>
    </message>
    <message>
        <source>Estimates how far away each part of a photo is (relative depth), and from that the directions of surfaces.</source>
        <translation>估計照片各部分的遠近（相對深度），並由此得出各表面的方向。</translation>
    </message>
    <message>
        <source>Estimates in metres how far away each part of a photo is, in rooms and in streets; large and slow.</source>
        <translation>以公尺估計照片各部分的距離，室內與街道皆可；大而慢。</translation>
    </message>
    <message>
        <source>Estimates in metres how far away each part of a photo of a room is.</source>
        <translation>以公尺估計室內照片各部分的距離。</translation>
    </message>
    <message>
        <source>Estonian</source>
        <translation>愛沙尼亞文</translation>
    </message>
    <message>
        <source>Every task needs task, id, dep and args.</source>
        <translation>每項工作都需要 task、id、dep 與 args。</translation>
    </message>
    <message>
        <source>Fetch it again with `hgpt models repair %1`.</source>
        <translation>請以 `hgpt models repair %1` 重新下載。</translation>
    </message>
    <message>
        <source>Fetch it again; it may have been cut short.</source>
        <translation>請重新下載；它可能不完整。</translation>
    </message>
    <message>
        <source>Fetch the model again, if it is not installed.</source>
        <translation>如果模型沒有安裝，請重新下載。</translation>
    </message>
    <message>
        <source>Fetch the model once more.</source>
        <translation>請重新下載這個模型。</translation>
    </message>
    <message>
        <source>Fewer than two labels are named, so there is nothing to choose from.</source>
        <translation>指定的標籤不到兩個，無從選擇。</translation>
    </message>
    <message>
        <source>Finds everyday things in a photo with boxes, 80 COCO classes.</source>
        <translation>用方框找出照片中的日常物品，80 種 COCO 類別。</translation>
    </message>
    <message>
        <source>Finds everyday things in a photo with boxes, 80 COCO classes; more exact and faster than DETR.</source>
        <translation>用方框找出照片中的日常物品，80 種 COCO 類別；比 DETR 更精確也更快。</translation>
    </message>
    <message>
        <source>Finds everyday things in a photo with boxes, 80 COCO classes; the quickest one here.</source>
        <translation>用方框找出照片中的日常物品，80 種 COCO 類別；此處最快。</translation>
    </message>
    <message>
        <source>Finds names of people, places and organisations in English text, with their scores.</source>
        <translation>找出英文文字中的人名、地名與機構名，並附上分數。</translation>
    </message>
    <message>
        <source>Finds people, animals, vehicles and everyday things in a photo with boxes, 80 COCO classes.</source>
        <translation>用方框找出照片中的人、動物、車輛與日常物品，80 種 COCO 類別。</translation>
    </message>
    <message>
        <source>Finds rows, columns and headers in the picture of a table with boxes; it knows nothing else.</source>
        <translation>用方框找出表格圖片中的列、欄與標題；只認得這些。</translation>
    </message>
    <message>
        <source>Finds several named things in a photo at once, with boxes; good at small ones; asked in English.</source>
        <translation>以英文詢問，一次用方框找出照片中所說的多個東西；擅長小物件。</translation>
    </message>
    <message>
        <source>Finds the answer to a question in a scanned page, form or invoice, where it is written word for word.</source>
        <translation>在掃描的頁面、表單或發票中找出逐字寫著的答案。</translation>
    </message>
    <message>
        <source>Finds the joints of the people in a picture, and draws their poses, as a guide too.</source>
        <translation>找出圖片中人物的關節並畫出姿勢，也可作為引導。</translation>
    </message>
    <message>
        <source>Finds the joints of the people in a picture; smaller and quicker, with a quicker finder of people.</source>
        <translation>找出圖片中人物的關節；更小更快，尋找人物也更快。</translation>
    </message>
    <message>
        <source>Finds the soft edges of a picture and draws them as a guide.</source>
        <translation>找出圖片的柔和邊緣並畫成引導。</translation>
    </message>
    <message>
        <source>Finds whatever is named (a red mug, a helmet) in a photo, with boxes; asked in English.</source>
        <translation>以英文詢問，用方框找出照片中所說的任何東西（紅色馬克杯、安全帽）。</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>芬蘭文</translation>
    </message>
    <message>
        <source>Fluent texts in many languages and good plans on a GPU of 12 GB.</source>
        <translation>在 12 GB 的 GPU 上，以多種語言寫出流暢的文字，計畫良好。</translation>
    </message>
    <message>
        <source>Fluent texts in more than 100 languages and reliable plans on a GPU of 12 to 16 GB.</source>
        <translation>在 12 至 16 GB 的 GPU 上，以 100 多種語言寫出流暢的文字，計畫可靠。</translation>
    </message>
    <message>
        <source>Found were: %1.</source>
        <translation>找到的有：%1。</translation>
    </message>
    <message>
        <source>Found were: nothing.</source>
        <translation>找到的有：無。</translation>
    </message>
    <message>
        <source>Free at least 100 MB there, and try again.</source>
        <translation>請在那裡至少清出 100 MB，再試一次。</translation>
    </message>
    <message>
        <source>Free some room and import it again.</source>
        <translation>請騰出一些空間，再匯入一次。</translation>
    </message>
    <message>
        <source>Free some room and try again; what was made before is kept.</source>
        <translation>請騰出一些空間，再試一次；先前完成的都會保留。</translation>
    </message>
    <message>
        <source>Free some room.</source>
        <translation>請騰出一些空間。</translation>
    </message>
    <message>
        <source>Free some room: what could not be kept is kept as soon as there is some, as long as the program is open. The results of a run are in its folder all the same.</source>
        <translation>請騰出一些空間：只要程式還開著，一有空間就會補存先前無法保存的內容。執行的結果仍然在它的資料夾裡。</translation>
    </message>
    <message>
        <source>Free some space and try again; what has arrived is kept.</source>
        <translation>請騰出一些空間，再試一次；已下載的部分會保留。</translation>
    </message>
    <message>
        <source>Free some space, or choose a folder on a larger disk with the setting `models_folder`.</source>
        <translation>請騰出一些空間，或用設定 `models_folder` 選擇較大磁碟上的資料夾。</translation>
    </message>
    <message>
        <source>Free some.</source>
        <translation>請騰出一些空間。</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法文</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德文</translation>
    </message>
    <message>
        <source>Get or save the file once more.</source>
        <translation>請重新取得或儲存這個檔案。</translation>
    </message>
    <message>
        <source>Give a mask of the picture&apos;s own shape.</source>
        <translation>請提供與圖片同樣形狀的遮罩。</translation>
    </message>
    <message>
        <source>Give a mask with white where to paint.</source>
        <translation>請提供遮罩，並以白色標出要繪製的地方。</translation>
    </message>
    <message>
        <source>Give a place inside.</source>
        <translation>請指定圖片範圍內的位置。</translation>
    </message>
    <message>
        <source>Give a second picture, white where something is to change, or have a mask made first.</source>
        <translation>請提供第二張圖片，以白色標出要更改的地方，或先製作遮罩。</translation>
    </message>
    <message>
        <source>Give at most %1.</source>
        <translation>最多提供 %1 個。</translation>
    </message>
    <message>
        <source>Give every task an id of its own.</source>
        <translation>請為每項工作指定各自的 id。</translation>
    </message>
    <message>
        <source>Give it another id: the catalogue that came with the program has it already.</source>
        <translation>請給它另一個 id：程式附帶的目錄已經有這個 id。</translation>
    </message>
    <message>
        <source>Give it less to do, or raise the limit (`task_timeout_s` in the settings).</source>
        <translation>請減少它的工作量，或提高時限（設定中的 `task_timeout_s`）。</translation>
    </message>
    <message>
        <source>Give one %1 for all, or one for each %2.</source>
        <translation>請提供一個通用的「%1」，或為每個「%2」各提供一個。</translation>
    </message>
    <message>
        <source>Give several texts, or one with several paragraphs.</source>
        <translation>請提供數段文字，或一篇有數個段落的文字。</translation>
    </message>
    <message>
        <source>Give the conversation a name.</source>
        <translation>請為對話命名。</translation>
    </message>
    <message>
        <source>Give the file another name.</source>
        <translation>請為檔案改名。</translation>
    </message>
    <message>
        <source>Give the picture in which they were found, or let them be found in this one.</source>
        <translation>請提供找出這些物件的那張圖片，或先在這張圖片中找出物件。</translation>
    </message>
    <message>
        <source>Give the workflow a name.</source>
        <translation>請為工作流程命名。</translation>
    </message>
    <message>
        <source>Give this one another id in its card.yaml.</source>
        <translation>請在它的 card.yaml 中改用其他識別名稱。</translation>
    </message>
    <message>
        <source>Give two or more, with commas: `cat, dog, bird`.</source>
        <translation>請提供兩個以上，以逗號分隔：`cat, dog, bird`。</translation>
    </message>
    <message>
        <source>Give two texts, or one text with a sentence on each line.</source>
        <translation>請提供兩段文字，或一段每行一句的文字。</translation>
    </message>
    <message>
        <source>Good plans and texts in many languages on a GPU of 8 GB.</source>
        <translation>在 8 GB 的 GPU 上，以多種語言做出好的計畫與文字。</translation>
    </message>
    <message>
        <source>Good plans and texts in many languages on a GPU of 8 GB; older than Qwen3.5.</source>
        <translation>在 8 GB 的 GPU 上，以多種語言做出好的計畫與文字；比 Qwen3.5 舊。</translation>
    </message>
    <message>
        <source>Good texts and plans in European languages on a GPU of 8 GB.</source>
        <translation>在 8 GB 的 GPU 上，以歐洲語言做出好的文字與計畫。</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希臘文</translation>
    </message>
    <message>
        <source>Guesses the missing word of an English sentence; knows no capital letters.</source>
        <translation>猜出英文句子中缺少的字；不分大小寫。</translation>
    </message>
    <message>
        <source>Guesses the missing word of an English sentence; small and quick.</source>
        <translation>猜出英文句子中缺少的字；小而快。</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>希伯來文</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>印地文</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>匈牙利文</translation>
    </message>
    <message>
        <source>Icelandic</source>
        <translation>冰島文</translation>
    </message>
    <message>
        <source>Import them one by one, for example `hgpt models import %1`.</source>
        <translation>請逐一匯入，例如 `hgpt models import %1`。</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>印尼文</translation>
    </message>
    <message>
        <source>Install it again with `pip install --force-reinstall rapidocr==3.10.0`.</source>
        <translation>請以 `pip install --force-reinstall rapidocr==3.10.0` 重新安裝。</translation>
    </message>
    <message>
        <source>Install it anew: `pip install --force-reinstall llama-cpp-python`.</source>
        <translation>請重新安裝：`pip install --force-reinstall llama-cpp-python`。</translation>
    </message>
    <message>
        <source>Install it with %1.</source>
        <translation>請以 %1 安裝。</translation>
    </message>
    <message>
        <source>Install it with `%1 -m ensurepip`.</source>
        <translation>請以 `%1 -m ensurepip` 安裝。</translation>
    </message>
    <message>
        <source>Install it with `hgpt models install %1`, or choose another one with the setting `llm`.</source>
        <translation>請用 `hgpt models install %1` 安裝，或用設定 `llm` 選擇另一個。</translation>
    </message>
    <message>
        <source>Install it with `hgpt models install %1`.</source>
        <translation>請以 `hgpt models install %1` 安裝。</translation>
    </message>
    <message>
        <source>Install it with `pip install %1` in the environment of this program.</source>
        <translation>請在本程式的環境中以 `pip install %1` 安裝。</translation>
    </message>
    <message>
        <source>Install one with `hgpt models install %1`.</source>
        <translation>請以 `hgpt models install %1` 安裝一個。</translation>
    </message>
    <message>
        <source>Install the experts&apos; libraries (`hgpt doctor` names them), then try again.</source>
        <translation>請安裝專家模型所需的程式庫（`hgpt doctor` 會列出），再試一次。</translation>
    </message>
    <message>
        <source>Install the starter pack with `hgpt models install starter`.</source>
        <translation>請以 `hgpt models install starter` 安裝入門模型。</translation>
    </message>
    <message>
        <source>Install them with %1.</source>
        <translation>請以 %1 安裝。</translation>
    </message>
    <message>
        <source>Install them with `pip install %1`.</source>
        <translation>請以 `pip install %1` 安裝。</translation>
    </message>
    <message>
        <source>Is the page upright, sharp and large enough? A crop around the place often helps.</source>
        <translation>頁面是否端正、清晰且夠大？只截取相關部分往往有幫助。</translation>
    </message>
    <message>
        <source>Is the writing upright, sharp and large enough? A crop around it often helps.</source>
        <translation>文字是否端正、清晰且夠大？只截取文字部分往往有幫助。</translation>
    </message>
    <message>
        <source>Is there somebody speaking, loud enough and not drowned by music? Listen to it once.</source>
        <translation>是否有人在說話、音量足夠且沒有被音樂蓋過？請聽一次確認。</translation>
    </message>
    <message>
        <source>It can do %1.</source>
        <translation>它能進行：%1。</translation>
    </message>
    <message>
        <source>It comes with a package.</source>
        <translation>它隨套件一起提供。</translation>
    </message>
    <message>
        <source>It has: %1.</source>
        <translation>有這些欄：%1。</translation>
    </message>
    <message>
        <source>It is %1 seconds long.</source>
        <translation>它的長度是 %1 秒。</translation>
    </message>
    <message>
        <source>It is no longer there; update the program, or choose another model.</source>
        <translation>它已不存在；請更新程式，或改用其他模型。</translation>
    </message>
    <message>
        <source>It is not said which column is meant.</source>
        <translation>沒有說明是哪一欄。</translation>
    </message>
    <message>
        <source>It knows %1. Install a model for %2, or translate the text first.</source>
        <translation>它懂 %1。請安裝支援 %2 的模型，或先翻譯這段文字。</translation>
    </message>
    <message>
        <source>It knows %1. Install a model for the language of the text, or translate it first.</source>
        <translation>它認得%1。請安裝支援這種語言的模型，或先翻譯文字。</translation>
    </message>
    <message>
        <source>It may be damaged or locked; print it to a new PDF and attach that.</source>
        <translation>它可能已損壞或有密碼保護；請列印成新的 PDF 再附加。</translation>
    </message>
    <message>
        <source>It may be damaged, or contain code; only plain weights are taken.</source>
        <translation>它可能已損壞，或含有程式碼；只接受單純的權重。</translation>
    </message>
    <message>
        <source>It may have been moved or deleted.</source>
        <translation>它可能已被移動或刪除。</translation>
    </message>
    <message>
        <source>It takes %1.</source>
        <translation>它接受：%1。</translation>
    </message>
    <message>
        <source>It takes a number from %1.</source>
        <translation>它接受的數字範圍是 %1。</translation>
    </message>
    <message>
        <source>It tells apart: %1. Choose a model that takes any labels.</source>
        <translation>它能分辨：%1。請改用接受任意標籤的模型。</translation>
    </message>
    <message>
        <source>It translates into: %1.</source>
        <translation>它能翻譯成：%1。</translation>
    </message>
    <message>
        <source>It was not followed.</source>
        <translation>沒有照著做。</translation>
    </message>
    <message>
        <source>It was not installed; it lies in %1. Try again; if it stays so, the source has changed, and an update of the program may know of it.</source>
        <translation>它沒有被安裝，而是放在 %1。請再試一次；若仍然如此，表示來源已變更，更新程式或許能解決。</translation>
    </message>
    <message>
        <source>It was thrown away: try again. If it stays so, ask who runs the index.</source>
        <translation>它已被丟棄：請再試一次。若仍然如此，請詢問管理該索引的人。</translation>
    </message>
    <message>
        <source>It was thrown away: try again. If it stays so, update the program.</source>
        <translation>它已被丟棄：請再試一次。若仍然如此，請更新程式。</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>義大利文</translation>
    </message>
    <message>
        <source>Its source does not have the right file; it was not installed.</source>
        <translation>它的來源沒有正確的檔案；因此沒有安裝。</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日文</translation>
    </message>
    <message>
        <source>Kinds are %1.</source>
        <translation>種類有：%1。</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韓文</translation>
    </message>
    <message>
        <source>Latvian</source>
        <translation>拉脫維亞文</translation>
    </message>
    <message>
        <source>Learns from a table&apos;s labelled rows and labels the others; nothing to fetch.</source>
        <translation>由表格中已標記的列學習，並為其他列標記；不需下載。</translation>
    </message>
    <message>
        <source>Leave it out.</source>
        <translation>請略過它。</translation>
    </message>
    <message>
        <source>Leave the points or boxes out.</source>
        <translation>請不要指定這些點或方框。</translation>
    </message>
    <message>
        <source>Let a task that finds objects in the picture go before, and give the picture itself too.</source>
        <translation>請先安排一項找出圖片中物體的工作，並同時提供該圖片。</translation>
    </message>
    <message>
        <source>Let it refer to another task.</source>
        <translation>請讓它參照其他工作。</translation>
    </message>
    <message>
        <source>Lets a picture move for about five seconds (480p), the steadiest one here; long for each, on a GPU of 48 GB.</source>
        <translation>讓圖片動約五秒（480p），此處最穩定；每部耗時很久，需要 48 GB 的 GPU。</translation>
    </message>
    <message>
        <source>List them with commas: `cat, dog, bird`.</source>
        <translation>請以逗號分隔列出：`cat, dog, bird`。</translation>
    </message>
    <message>
        <source>Lithuanian</source>
        <translation>立陶宛文</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation>正在載入 %1</translation>
    </message>
    <message>
        <source>Loading %1 was stopped, because nothing was heard of it for %2 seconds.</source>
        <translation>載入 %1 已中止，因為 %2 秒內沒有任何回應。</translation>
    </message>
    <message>
        <source>Look into %1.</source>
        <translation>請查看 %1。</translation>
    </message>
    <message>
        <source>Looking at the picture</source>
        <translation>正在看圖片</translation>
    </message>
    <message>
        <source>Looking at the pictures</source>
        <translation>正在看圖片</translation>
    </message>
    <message>
        <source>MIT (unverified)</source>
        <translation>MIT（未查證）</translation>
    </message>
    <message>
        <source>Macedonian</source>
        <translation>馬其頓文</translation>
    </message>
    <message>
        <source>Make it smaller and attach that.</source>
        <translation>請縮小後再附加。</translation>
    </message>
    <message>
        <source>Makes an exact mask of the thing at a point or in a box.</source>
        <translation>為某一點或方框中的物品做出精確的遮罩。</translation>
    </message>
    <message>
        <source>Makes an exact mask of the thing at a point or in a box; the first of its kind, slower than SAM 2.1.</source>
        <translation>為某一點或方框中的物品做出精確的遮罩；此類的第一個模型，比 SAM 2.1 慢。</translation>
    </message>
    <message>
        <source>Makes films of about five seconds (480p) from a description; minutes for each, on a GPU of 16 GB.</source>
        <translation>依描述製作約五秒的影片（480p）；每部需數分鐘，需要 16 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Makes films of about five seconds from a description or a picture; many minutes for each, on a GPU of 24 GB.</source>
        <translation>依描述或圖片製作約五秒的影片；每部需許多分鐘，需要 24 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Makes films of some seconds from an English description or a picture, the quickest one here, on a GPU of 16 GB.</source>
        <translation>依英文描述或圖片製作數秒的影片，此處最快，需要 16 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Makes music of up to ten minutes, 48 kHz stereo, from a description, in eight steps.</source>
        <translation>依描述用八個步驟製作最長十分鐘的音樂，48 kHz 立體聲。</translation>
    </message>
    <message>
        <source>Makes sounds (rain, a door, a crowd) and music of about ten seconds from an English description; its licence forbids commercial use.</source>
        <translation>依英文描述製作約十秒的聲音（雨聲、門聲、人群）與音樂；授權禁止商業使用。</translation>
    </message>
    <message>
        <source>Makes up to 30 seconds of music from an English description; its licence forbids commercial use.</source>
        <translation>依英文描述製作最長 30 秒的音樂；授權禁止商業使用。</translation>
    </message>
    <message>
        <source>Malay</source>
        <translation>馬來文</translation>
    </message>
    <message>
        <source>Mark a point on the thing itself, or a box round it.</source>
        <translation>請在物體上標一個點，或用方框圍住它。</translation>
    </message>
    <message>
        <source>Mend it or delete it.</source>
        <translation>請修正或刪除它。</translation>
    </message>
    <message>
        <source>Mend it with `hgpt models repair %1`.</source>
        <translation>請以 `hgpt models repair %1` 修復。</translation>
    </message>
    <message>
        <source>Mend the card.</source>
        <translation>請修正模型卡。</translation>
    </message>
    <message>
        <source>Mend the entry, or put back the file that came with the program.</source>
        <translation>請修正這個項目，或放回程式隨附的檔案。</translation>
    </message>
    <message>
        <source>Mend the file, or reinstall the program to get its own one back.</source>
        <translation>請修正檔案，或重新安裝程式以取回原本的檔案。</translation>
    </message>
    <message>
        <source>Models are .gguf or .safetensors files, or folders.</source>
        <translation>模型是 .gguf 或 .safetensors 檔，或資料夾。</translation>
    </message>
    <message>
        <source>Models are being installed or changed by this program already (process %1).</source>
        <translation>本程式已在安裝或更改模型（行程 %1）。</translation>
    </message>
    <message>
        <source>Models are being installed or changed by this program already.</source>
        <translation>本程式已在安裝或更改模型。</translation>
    </message>
    <message>
        <source>Move that file to another place; a new history is begun at the next start.</source>
        <translation>請把該檔案移到其他位置；下次啟動時會建立新的歷史紀錄。</translation>
    </message>
    <message>
        <source>Name a column of numbers, or another condition.</source>
        <translation>請指定數字欄，或其他條件。</translation>
    </message>
    <message>
        <source>Name a folder for the results.</source>
        <translation>請為結果指定一個資料夾。</translation>
    </message>
    <message>
        <source>Name at least two, such as: rain, applause.</source>
        <translation>請至少指定兩種，例如：雨聲、掌聲。</translation>
    </message>
    <message>
        <source>Name the labels, such as: work, private.</source>
        <translation>請指定標籤，例如：工作、私人。</translation>
    </message>
    <message>
        <source>Name them, such as: work, private.</source>
        <translation>請指定它們，例如：工作、私人。</translation>
    </message>
    <message>
        <source>Names the main thing in a photo, one of the 1,000 ImageNet classes, learned from 12,000; the surest one here.</source>
        <translation>說出照片中的主要事物（1,000 種 ImageNet 類別之一，由 12,000 種學得）；此處最準確。</translation>
    </message>
    <message>
        <source>Names the main thing in a photo, one of the 1,000 ImageNet classes, more surely than EfficientNet-Lite0.</source>
        <translation>說出照片中的主要事物（1,000 種 ImageNet 類別之一），比 EfficientNet-Lite0 更準確。</translation>
    </message>
    <message>
        <source>Names the main thing in a photo, one of the 1,000 ImageNet classes.</source>
        <translation>說出照片中的主要事物（1,000 種 ImageNet 類別之一）。</translation>
    </message>
    <message>
        <source>Names the main thing in a photo, one of the 1,000 ImageNet classes; tiny and fast.</source>
        <translation>說出照片中的主要事物（1,000 種 ImageNet 類別之一）；小而快。</translation>
    </message>
    <message>
        <source>Names the main thing in a photo, one of the 1,000 ImageNet classes; well known and quick.</source>
        <translation>說出照片中的主要事物（1,000 種 ImageNet 類別之一）；知名且快速。</translation>
    </message>
    <message>
        <source>Names the sounds of a recording (speech, music, dog, siren …), 527 AudioSet classes.</source>
        <translation>說出錄音中的聲音（語音、音樂、狗、警笛……），527 種 AudioSet 類別。</translation>
    </message>
    <message>
        <source>Names the sounds of a recording as ast-audioset does, a little less surely and about two times as fast.</source>
        <translation>和 ast-audioset 一樣說出錄音中的聲音，略不準確，但約快兩倍。</translation>
    </message>
    <message>
        <source>No %1 was found, so nothing can be cut out.</source>
        <translation>沒有找到「%1」，因此沒有可剪下的東西。</translation>
    </message>
    <message>
        <source>No column of the table holds classes.</source>
        <translation>表格中沒有任何一欄是類別。</translation>
    </message>
    <message>
        <source>No id can be made of the name %1.</source>
        <translation>無法由名稱 %1 產生識別名稱。</translation>
    </message>
    <message>
        <source>No installed model can do %1.</source>
        <translation>沒有安裝能進行「%1」的模型。</translation>
    </message>
    <message>
        <source>No installed model can do what this needs: %1.</source>
        <translation>沒有安裝能完成所需工作的模型：%1。</translation>
    </message>
    <message>
        <source>No language model is installed, so nothing can be planned.</source>
        <translation>沒有安裝語言模型，因此無法規劃。</translation>
    </message>
    <message>
        <source>No language model is loaded.</source>
        <translation>沒有載入語言模型。</translation>
    </message>
    <message>
        <source>No model was chosen for task %1 (%2).</source>
        <translation>沒有為工作 %1（%2）選擇模型。</translation>
    </message>
    <message>
        <source>No object was found, so nothing can be cut out.</source>
        <translation>沒有找到物體，因此沒有可剪下的東西。</translation>
    </message>
    <message>
        <source>No other column of the table says anything about the class.</source>
        <translation>表格中沒有其他欄能說明類別。</translation>
    </message>
    <message>
        <source>No plan came out for this request.</source>
        <translation>這個請求沒有產生計畫。</translation>
    </message>
    <message>
        <source>No row of the table meets the condition.</source>
        <translation>表格中沒有符合條件的列。</translation>
    </message>
    <message>
        <source>No speech was heard in %1.</source>
        <translation>在 %1 中沒有聽到說話聲。</translation>
    </message>
    <message>
        <source>No task fits this request and these files.</source>
        <translation>沒有適合這個請求與這些檔案的工作。</translation>
    </message>
    <message>
        <source>No text was found in %1.</source>
        <translation>在 %1 中沒有找到文字。</translation>
    </message>
    <message>
        <source>No words that could answer the question were found on the page.</source>
        <translation>頁面上沒有找到能回答問題的文字。</translation>
    </message>
    <message>
        <source>Nobody was found in the picture.</source>
        <translation>圖片中沒有找到人。</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>挪威文</translation>
    </message>
    <message>
        <source>Nothing can be divided by zero.</source>
        <translation>任何數都不能除以零。</translation>
    </message>
    <message>
        <source>Nothing has to be imported.</source>
        <translation>不需要匯入。</translation>
    </message>
    <message>
        <source>Nothing is left: %1 ends before %2 seconds.</source>
        <translation>沒有剩下任何內容：%1 不到 %2 秒就結束了。</translation>
    </message>
    <message>
        <source>Nothing was found at the marked place.</source>
        <translation>標示的位置沒有找到任何東西。</translation>
    </message>
    <message>
        <source>Of your catalogue %1 this is left out: %2.</source>
        <translation>你的目錄 %1 中略過了這些：%2。</translation>
    </message>
    <message>
        <source>One column must name the class of each row, each class several times.</source>
        <translation>必須有一欄寫明每列的類別，而且每個類別出現數次。</translation>
    </message>
    <message>
        <source>Only %1 MB are free on the disk of %2.</source>
        <translation>%2 所在的磁碟只剩 %1 MB。</translation>
    </message>
    <message>
        <source>Only %1 rows have a value in the column %2.</source>
        <translation>只有 %1 列在「%2」欄有值。</translation>
    </message>
    <message>
        <source>Only GGUF files of chat models can plan.</source>
        <translation>只有 GGUF 格式的對話模型能夠規劃。</translation>
    </message>
    <message>
        <source>Only one sound is named, so there is nothing to choose from.</source>
        <translation>只指定了一種聲音，無從選擇。</translation>
    </message>
    <message>
        <source>Only plain weights are taken.</source>
        <translation>只接受單純的權重。</translation>
    </message>
    <message>
        <source>Open it in a PDF viewer, print it to a new PDF, and attach that.</source>
        <translation>請用 PDF 閱讀器開啟，列印成新的 PDF 再附加。</translation>
    </message>
    <message>
        <source>Open it in another program.</source>
        <translation>請用其他程式開啟。</translation>
    </message>
    <message>
        <source>Open that one.</source>
        <translation>請開啟那一個。</translation>
    </message>
    <message>
        <source>Open the conversation again.</source>
        <translation>請重新開啟這個對話。</translation>
    </message>
    <message>
        <source>OpenRAIL++-M (unverified)</source>
        <translation>OpenRAIL++-M（未查證）</translation>
    </message>
    <message>
        <source>Other forms can contain code and are not taken; fetch or convert the model to safetensors.</source>
        <translation>其他格式可能含有程式碼，因此不接受；請下載或轉換成 safetensors 格式的模型。</translation>
    </message>
    <message>
        <source>Paints a masked part of a picture anew by an English description, on a GPU of 8 GB.</source>
        <translation>依英文描述重畫圖片的遮罩部分，需要 8 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Paints a masked part of a picture of up to 1024 pixels anew by an English description.</source>
        <translation>依英文描述重畫最大 1024 像素圖片的遮罩部分。</translation>
    </message>
    <message>
        <source>Parts the voice from the music of a song, stereo; does not remove noise.</source>
        <translation>把歌曲中的人聲與音樂分開（立體聲）；不會去除雜音。</translation>
    </message>
    <message>
        <source>Persian</source>
        <translation>波斯文</translation>
    </message>
    <message>
        <source>Plain, reliable business texts and plans on a GPU of 8 GB.</source>
        <translation>在 8 GB 的 GPU 上，做出平實可靠的商務文字與計畫。</translation>
    </message>
    <message>
        <source>Points can be given with one box, not with %1.</source>
        <translation>座標點只能搭配一個方框，不能搭配 %1 個。</translation>
    </message>
    <message>
        <source>Points to the words of an English text that answer a question, or says that there are none.</source>
        <translation>指出英文文字中回答問題的部分，或說明沒有答案。</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>波蘭文</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙文</translation>
    </message>
    <message>
        <source>Put back the file that came with the program.</source>
        <translation>請放回程式隨附的檔案。</translation>
    </message>
    <message>
        <source>Put it into %1.</source>
        <translation>請把它放進 %1。</translation>
    </message>
    <message>
        <source>Put its config.json, or a card.yaml that names loader and tasks, beside it.</source>
        <translation>請在旁邊放上它的 config.json，或寫明載入器與工作的 card.yaml。</translation>
    </message>
    <message>
        <source>Put the file back, or import the model again.</source>
        <translation>請放回檔案，或重新匯入模型。</translation>
    </message>
    <message>
        <source>Put the long text into a file, attach it, and say in a sentence what to do with it.</source>
        <translation>請把長文字存成檔案附加，再用一句話說明要如何處理。</translation>
    </message>
    <message>
        <source>Put the request in other words, so that the steps fit together.</source>
        <translation>請換個說法提出請求，讓各步驟能銜接。</translation>
    </message>
    <message>
        <source>Put the request in other words.</source>
        <translation>請換個說法提出請求。</translation>
    </message>
    <message>
        <source>Puts English and Chinese texts in the order of how well they answer a question.</source>
        <translation>依回答問題的程度排列英文與中文文字。</translation>
    </message>
    <message>
        <source>Puts English texts in the order of how well they answer a question; reads both together.</source>
        <translation>依回答問題的程度排列英文文字；把問題與文字一起讀。</translation>
    </message>
    <message>
        <source>Quick for its size, since only a part works on each word; on a GPU of 24 GB, or without one and 32 GB of memory.</source>
        <translation>以其大小來說很快，因為每個字只動用一部分；需要 24 GB 的 GPU，或沒有 GPU 而有 32 GB 記憶體。</translation>
    </message>
    <message>
        <source>Quick for its size, since only a part works on each word; on a GPU of 48 GB.</source>
        <translation>以其大小來說很快，因為每個字只動用一部分；需要 48 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Reading line %1</source>
        <translation>正在讀取第 %1 行</translation>
    </message>
    <message>
        <source>Reads pages, tables and handwriting out of pictures, in many languages; slower than PP-OCR.</source>
        <translation>以多種語言從圖片讀出頁面、表格與手寫字；比 PP-OCR 慢。</translation>
    </message>
    <message>
        <source>Reads printed text in photos, scans and screenshots, in Chinese, English and other languages of the Latin script.</source>
        <translation>讀取照片、掃描與螢幕截圖中的印刷文字，支援中文、英文及其他拉丁字母的語言。</translation>
    </message>
    <message>
        <source>Record or export it again.</source>
        <translation>請重新錄製或匯出。</translation>
    </message>
    <message>
        <source>Reinstall the program.</source>
        <translation>請重新安裝程式。</translation>
    </message>
    <message>
        <source>Reliable plans and well-written texts in many languages on a GPU of 12 GB.</source>
        <translation>在 12 GB 的 GPU 上，以多種語言做出可靠的計畫與流暢的文字。</translation>
    </message>
    <message>
        <source>Remove one dependency.</source>
        <translation>請移除其中一個相依。</translation>
    </message>
    <message>
        <source>Rename it with letters and digits.</source>
        <translation>請改用字母與數字命名。</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>羅馬尼亞文</translation>
    </message>
    <message>
        <source>Run `hgpt models install %1`.</source>
        <translation>請執行 `hgpt models install %1`。</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄文</translation>
    </message>
    <message>
        <source>Save a request that was planned.</source>
        <translation>請儲存有計畫的請求。</translation>
    </message>
    <message>
        <source>Save it again from a conversation.</source>
        <translation>請從對話重新儲存。</translation>
    </message>
    <message>
        <source>Save it as CSV with one line of column names and one line for each row.</source>
        <translation>請存成 CSV：第一行是欄名，之後每列一行。</translation>
    </message>
    <message>
        <source>Save it as PDF, DOCX or plain text and attach that.</source>
        <translation>請存成 PDF、DOCX 或純文字再附加。</translation>
    </message>
    <message>
        <source>Save it as PNG or JPEG and attach that.</source>
        <translation>請存成 PNG 或 JPEG 再附加。</translation>
    </message>
    <message>
        <source>Save it without one, and attach that.</source>
        <translation>請另存成沒有密碼的檔案，再附加它。</translation>
    </message>
    <message>
        <source>Save the sheet that you need as CSV, and attach that.</source>
        <translation>請把需要的工作表另存成 CSV，再附加它。</translation>
    </message>
    <message>
        <source>Say a number from %1 to %2.</source>
        <translation>請指定 %1 到 %2 之間的數字。</translation>
    </message>
    <message>
        <source>Say a smaller width or height.</source>
        <translation>請指定較小的寬度或高度。</translation>
    </message>
    <message>
        <source>Say both in seconds.</source>
        <translation>請以秒為單位指定兩者。</translation>
    </message>
    <message>
        <source>Say in a sentence what is to be done.</source>
        <translation>請用一句話說明要做什麼。</translation>
    </message>
    <message>
        <source>Say it in other words, or attach the files that it is about.</source>
        <translation>請換個說法，或附加相關的檔案。</translation>
    </message>
    <message>
        <source>Say its width or height in pixels.</source>
        <translation>請以像素指定寬度或高度。</translation>
    </message>
    <message>
        <source>Say more exactly what is to be done, and with which file.</source>
        <translation>請更明確地說明要做什麼，以及用哪個檔案。</translation>
    </message>
    <message>
        <source>Say the %1 as a number.</source>
        <translation>請以數字指定「%1」。</translation>
    </message>
    <message>
        <source>Say the request in other words and try again.</source>
        <translation>請換個說法提出請求，再試一次。</translation>
    </message>
    <message>
        <source>Say the request in other words.</source>
        <translation>請換個說法提出請求。</translation>
    </message>
    <message>
        <source>Say what should be done.</source>
        <translation>請說明要做什麼。</translation>
    </message>
    <message>
        <source>Saying: %1</source>
        <translation>正在朗讀：%1</translation>
    </message>
    <message>
        <source>Says what somebody does with a thing in a short video (putting, pushing, opening), 174 actions.</source>
        <translation>說出短片中有人對物品做什麼（放、推、打開），174 種動作。</translation>
    </message>
    <message>
        <source>Says which given English words fit a picture; smaller and quicker than SigLIP 2.</source>
        <translation>指出所給的英文詞語中哪些符合圖片；比 SigLIP 2 更小更快。</translation>
    </message>
    <message>
        <source>Says which given words fit a picture, in many languages, and how alike pictures are.</source>
        <translation>以多種語言指出所給的詞語中哪些符合圖片，以及圖片之間有多相似。</translation>
    </message>
    <message>
        <source>Says which of 400 activities (cooking, dancing, sports) a video shows.</source>
        <translation>說出影片呈現 400 種活動中的哪一種（烹飪、跳舞、運動）。</translation>
    </message>
    <message>
        <source>Scale it down or cut out the part that matters.</source>
        <translation>請縮小圖片，或剪下需要的部分。</translation>
    </message>
    <message>
        <source>See whether there is room in %1.</source>
        <translation>請確認 %1 有足夠的空間。</translation>
    </message>
    <message>
        <source>Send the request again instead.</source>
        <translation>請改為重新送出請求。</translation>
    </message>
    <message>
        <source>Send the request again with the file, and save that plan.</source>
        <translation>請連同檔案重新送出請求，再儲存那個計畫。</translation>
    </message>
    <message>
        <source>Serbian</source>
        <translation>塞爾維亞文</translation>
    </message>
    <message>
        <source>Shorten it, or attach less text.</source>
        <translation>請縮短它，或附加較少的文字。</translation>
    </message>
    <message>
        <source>Slovak</source>
        <translation>斯洛伐克文</translation>
    </message>
    <message>
        <source>Slovenian</source>
        <translation>斯洛維尼亞文</translation>
    </message>
    <message>
        <source>Small language model for business texts, for machines where 4 GB of memory are free.</source>
        <translation>適合商務文字的小型語言模型，需要 4 GB 可用記憶體。</translation>
    </message>
    <message>
        <source>Small language model that plans on any machine and does the text tasks well enough; best in English and Chinese.</source>
        <translation>小型語言模型，任何電腦都能用它規劃，文字工作也夠用；最擅長英文和中文。</translation>
    </message>
    <message>
        <source>Small language model, a step above the starter one in plans and texts, still quick without a GPU.</source>
        <translation>小型語言模型，規劃與文字比入門模型更好，沒有 GPU 也仍然快速。</translation>
    </message>
    <message>
        <source>Small language model, good in European languages, for machines where 4 GB of memory are free.</source>
        <translation>小型語言模型，擅長歐洲語言，適合有 4 GB 可用記憶體的電腦。</translation>
    </message>
    <message>
        <source>Something went wrong inside the program.</source>
        <translation>程式內部發生錯誤。</translation>
    </message>
    <message>
        <source>Sorts an English text into any labels that it is told; it needs to be told them.</source>
        <translation>把英文文字歸入所給的任何標籤；需要先給它標籤。</translation>
    </message>
    <message>
        <source>Sorts an English text into any labels that it is told; smaller and surer than BART.</source>
        <translation>把英文文字歸入所給的任何標籤；比 BART 更小更準確。</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙文</translation>
    </message>
    <message>
        <source>Speaks Brazilian Portuguese text, faster than real time on any machine.</source>
        <translation>朗讀巴西葡萄牙文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks British English text, faster than real time on any machine.</source>
        <translation>朗讀英式英文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Chinese text, faster than real time on any machine.</source>
        <translation>朗讀中文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Czech text, faster than real time on any machine.</source>
        <translation>朗讀捷克文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Danish text, faster than real time on any machine.</source>
        <translation>朗讀丹麥文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Dutch text, faster than real time on any machine.</source>
        <translation>朗讀荷蘭文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks English text in a clear man&apos;s voice, faster than real time on any machine.</source>
        <translation>以清晰的男聲朗讀英文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks English text in a lively woman&apos;s voice, faster than real time on any machine.</source>
        <translation>以活潑的女聲朗讀英文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Finnish text, faster than real time on any machine.</source>
        <translation>朗讀芬蘭文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks French text in a woman&apos;s voice, faster than real time on any machine.</source>
        <translation>以女聲朗讀法文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks German text in a man&apos;s voice, faster than real time on any machine.</source>
        <translation>以男聲朗讀德文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Greek text, faster than real time on any machine.</source>
        <translation>朗讀希臘文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Hungarian text, faster than real time on any machine.</source>
        <translation>朗讀匈牙利文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Italian text, faster than real time on any machine.</source>
        <translation>朗讀義大利文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Polish text, faster than real time on any machine.</source>
        <translation>朗讀波蘭文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Romanian text, faster than real time on any machine.</source>
        <translation>朗讀羅馬尼亞文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Russian text, faster than real time on any machine.</source>
        <translation>朗讀俄文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Spanish text in a man&apos;s voice, faster than real time on any machine.</source>
        <translation>以男聲朗讀西班牙文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Swedish text, faster than real time on any machine.</source>
        <translation>朗讀瑞典文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Turkish text, faster than real time on any machine.</source>
        <translation>朗讀土耳其文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Speaks Vietnamese text, faster than real time on any machine.</source>
        <translation>朗讀越南文，任何電腦上都比即時更快。</translation>
    </message>
    <message>
        <source>Start the program again.</source>
        <translation>請重新啟動程式。</translation>
    </message>
    <message>
        <source>Strong in reasoning, mainly in English; it wants to think aloud first, so it plans below its size here.</source>
        <translation>擅長推理，以英文為主；它習慣先把思考說出來，所以在此的規劃不如其大小所示。</translation>
    </message>
    <message>
        <source>Summarises English news and reports in a few sentences, close to the words of the text.</source>
        <translation>用幾句話摘要英文新聞與報告，貼近原文用字。</translation>
    </message>
    <message>
        <source>Swahili</source>
        <translation>斯瓦希里文</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>瑞典文</translation>
    </message>
    <message>
        <source>Tagalog</source>
        <translation>他加祿文</translation>
    </message>
    <message>
        <source>Take a picture in which people are seen whole.</source>
        <translation>請使用人物全身入鏡的圖片。</translation>
    </message>
    <message>
        <source>Take it out; known places are %1.</source>
        <translation>請移除它；已知的位置有：%1。</translation>
    </message>
    <message>
        <source>Take it out; known places are none.</source>
        <translation>請移除它；沒有已知的位置。</translation>
    </message>
    <message>
        <source>Take smaller numbers.</source>
        <translation>請使用較小的數字。</translation>
    </message>
    <message>
        <source>Take the model in again with `hgpt models import`.</source>
        <translation>請以 `hgpt models import` 重新匯入模型。</translation>
    </message>
    <message>
        <source>Take the model&apos;s instruct or chat version; it can follow requests.</source>
        <translation>請使用這個模型的 instruct 或 chat 版本；那才能遵循請求。</translation>
    </message>
    <message>
        <source>Take the model&apos;s safetensors version.</source>
        <translation>請使用這個模型的 safetensors 版本。</translation>
    </message>
    <message>
        <source>Takes the noise out of recorded speech (16 kHz, mono); half a megabyte, faster than real time.</source>
        <translation>去除錄製語音中的雜音（16 kHz，單聲道）；只有半個 MB，比即時更快。</translation>
    </message>
    <message>
        <source>Tamil</source>
        <translation>坦米爾文</translation>
    </message>
    <message>
        <source>Task %1 (%2) cannot take %3 (%4) as its %5.</source>
        <translation>工作 %1（%2）無法以 %3（%4）作為「%5」。</translation>
    </message>
    <message>
        <source>Task %1 (%2) cannot take the output of task %3 (%4) as its %5.</source>
        <translation>工作 %1（%2）無法以工作 %3（%4）的輸出作為「%5」。</translation>
    </message>
    <message>
        <source>Task %1 (%2) depends on itself.</source>
        <translation>工作 %1（%2）相依於自己。</translation>
    </message>
    <message>
        <source>Task %1 (%2) depends on task %3, which is not in the plan.</source>
        <translation>工作 %1（%2）相依於工作 %3，但它不在計畫中。</translation>
    </message>
    <message>
        <source>Task %1 (%2) does not take %3 as its %4.</source>
        <translation>工作 %1（%2）不接受以 %3 作為「%4」。</translation>
    </message>
    <message>
        <source>Task %1 (%2) has %3 values as its %4, but %5 as its %6.</source>
        <translation>工作 %1（%2）的「%4」有 %3 個值，「%6」卻有 %5 個。</translation>
    </message>
    <message>
        <source>Task %1 (%2) has a negative id.</source>
        <translation>工作 %1（%2）的 id 是負數。</translation>
    </message>
    <message>
        <source>Task %1 (%2) has no %3.</source>
        <translation>工作 %1（%2）沒有「%3」。</translation>
    </message>
    <message>
        <source>Task %1 (%2) is said to depend on task %3, but none of its arguments refers to it.</source>
        <translation>工作 %1（%2）註明相依於工作 %3，但沒有任何引數參照它。</translation>
    </message>
    <message>
        <source>Task %1 (%2) needs a file as its %3, not a text.</source>
        <translation>工作 %1（%2）的「%3」需要檔案，而不是文字。</translation>
    </message>
    <message>
        <source>Task %1 (%2) needs its %3 written out, not %4.</source>
        <translation>工作 %1（%2）的「%3」必須直接寫出，而不是 %4。</translation>
    </message>
    <message>
        <source>Task %1 (%2) needs the file %3, which is not attached.</source>
        <translation>工作 %1（%2）需要檔案 %3，但它沒有附加。</translation>
    </message>
    <message>
        <source>Task %1 (%2) stopped at an error in the program.</source>
        <translation>工作 %1（%2）因程式錯誤而停止。</translation>
    </message>
    <message>
        <source>Task %1 (%2) takes no argument %3.</source>
        <translation>工作 %1（%2）不接受引數「%3」。</translation>
    </message>
    <message>
        <source>Task %1 (%2) took longer than %3 minutes and had to be stopped.</source>
        <translation>工作 %1（%2）超過 %3 分鐘，只好停止。</translation>
    </message>
    <message>
        <source>Task %1 (%2) took longer than %3 seconds and had to be stopped.</source>
        <translation>工作 %1（%2）超過 %3 秒，只好停止。</translation>
    </message>
    <message>
        <source>Task %1 (%2), which it needs, failed.</source>
        <translation>它所需要的工作 %1（%2）失敗了。</translation>
    </message>
    <message>
        <source>Task %1 made no %2 that task %3 (%4) can use as %5.</source>
        <translation>工作 %1 沒有產生%2，讓工作 %3（%4）能用作「%5」。</translation>
    </message>
    <message>
        <source>Tasks %1 and %2 (%3) stopped at an error in the program.</source>
        <translation>工作 %1 和 %2（%3）因程式錯誤而停止。</translation>
    </message>
    <message>
        <source>Tasks %1 and %2 (%3) took longer than %4 minutes and had to be stopped.</source>
        <translation>工作 %1 和 %2（%3）超過 %4 分鐘，只好停止。</translation>
    </message>
    <message>
        <source>Tasks %1 and %2 (%3) took longer than %4 seconds and had to be stopped.</source>
        <translation>工作 %1 和 %2（%3）超過 %4 秒，只好停止。</translation>
    </message>
    <message>
        <source>Tells how alike two pictures look, and gives their vectors; small, and good at details.</source>
        <translation>指出兩張圖片有多相似，並給出它們的向量；小巧，擅長細節。</translation>
    </message>
    <message>
        <source>Tells when somebody speaks in a recording of any language; comes with faster-whisper.</source>
        <translation>指出任何語言的錄音中何時有人說話；隨 faster-whisper 提供。</translation>
    </message>
    <message>
        <source>Tells when somebody speaks in a recording of any language; the project&apos;s own file, 2 MB.</source>
        <translation>指出任何語言的錄音中何時有人說話；該專案自己的檔案，2 MB。</translation>
    </message>
    <message>
        <source>Tells whether an English sentence is positive or negative; nothing else, but quickly and surely.</source>
        <translation>判斷英文句子是正面或負面；只做這件事，但快速而準確。</translation>
    </message>
    <message>
        <source>Tells which named kinds of music or speech a recording holds, asked in English; other sounds less surely.</source>
        <translation>以英文詢問，指出錄音中有哪些所列的音樂或語音；其他聲音較不準確。</translation>
    </message>
    <message>
        <source>Tells which named sounds a recording holds, of every kind; asked in English.</source>
        <translation>以英文詢問，指出錄音中有哪些所列的聲音，種類不限。</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰文</translation>
    </message>
    <message>
        <source>The %1 for %2 is empty.</source>
        <translation>「%2」的「%1」是空的。</translation>
    </message>
    <message>
        <source>The LLM wrote nothing.</source>
        <translation>語言模型沒有寫出任何內容。</translation>
    </message>
    <message>
        <source>The `dep` of task %1 (%2) is not a list of task ids.</source>
        <translation>工作 %1（%2）的 `dep` 不是工作 id 的清單。</translation>
    </message>
    <message>
        <source>The best plans and texts of this list, on a GPU of 24 GB.</source>
        <translation>本清單中最好的計畫與文字，需要 24 GB 的 GPU。</translation>
    </message>
    <message>
        <source>The box %1 lies outside the picture, which is %2 × %3 pixels.</source>
        <translation>方框 %1 超出圖片範圍，圖片是 %2 × %3 像素。</translation>
    </message>
    <message>
        <source>The catalogue %1 cannot be read.</source>
        <translation>無法讀取模型目錄 %1。</translation>
    </message>
    <message>
        <source>The catalogue does not say where %1 of %2 can be had.</source>
        <translation>模型目錄沒有寫明哪裡可以取得 %2 的 %1。</translation>
    </message>
    <message>
        <source>The catalogue has no model %1.</source>
        <translation>模型目錄中沒有模型 %1。</translation>
    </message>
    <message>
        <source>The catalogue has no model for it that fits this machine.</source>
        <translation>模型目錄中沒有適合這台電腦的模型可以完成它。</translation>
    </message>
    <message>
        <source>The catalogue&apos;s index %1 was made by a newer version of the program.</source>
        <translation>模型目錄的索引 %1 是由較新版本的程式建立的。</translation>
    </message>
    <message>
        <source>The catalogue&apos;s index cannot be read.</source>
        <translation>無法讀取模型目錄的索引。</translation>
    </message>
    <message>
        <source>The catalogue&apos;s index cannot be written.</source>
        <translation>無法寫入模型目錄的索引。</translation>
    </message>
    <message>
        <source>The column %1 has cells that are no numbers.</source>
        <translation>「%1」欄有不是數字的儲存格。</translation>
    </message>
    <message>
        <source>The conversation is deleted, but its folder %1 is not.</source>
        <translation>對話已刪除，但它的資料夾 %1 沒有刪除。</translation>
    </message>
    <message>
        <source>The conversation was deleted while it ran.</source>
        <translation>對話在執行期間被刪除了。</translation>
    </message>
    <message>
        <source>The demonstration %1 in %2 cannot be executed: %3</source>
        <translation>%2 中的示範「%1」無法執行：%3</translation>
    </message>
    <message>
        <source>The demonstration %1 in %2 is not written as the others are.</source>
        <translation>%2 中的示範「%1」寫法與其他的不同。</translation>
    </message>
    <message>
        <source>The demonstration %1 in %2 says which demands its tasks answer, but the request has %3: %4</source>
        <translation>%2 中的示範「%1」寫明各工作所回應的需求，但請求有 %3 個：%4</translation>
    </message>
    <message>
        <source>The demonstrations %1 cannot be read.</source>
        <translation>無法讀取示範 %1。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁碟已滿。</translation>
    </message>
    <message>
        <source>The disk is full: %1 cannot be written.</source>
        <translation>磁碟已滿：無法寫入 %1。</translation>
    </message>
    <message>
        <source>The disk is full: the files in %1 find no room.</source>
        <translation>磁碟已滿：%1 裡的檔案放不下。</translation>
    </message>
    <message>
        <source>The disk is full: the history %1 cannot be written.</source>
        <translation>磁碟已滿：無法寫入歷史紀錄 %1。</translation>
    </message>
    <message>
        <source>The disk of %1 is full.</source>
        <translation>%1 所在的磁碟已滿。</translation>
    </message>
    <message>
        <source>The document %1 cannot be opened.</source>
        <translation>無法開啟文件 %1。</translation>
    </message>
    <message>
        <source>The document %1 is damaged or not complete.</source>
        <translation>文件 %1 已損壞或不完整。</translation>
    </message>
    <message>
        <source>The end (%1 s) does not lie behind the start (%2 s).</source>
        <translation>結束時間（%1 秒）不在開始時間（%2 秒）之後。</translation>
    </message>
    <message>
        <source>The example phrases %1 cannot be read.</source>
        <translation>無法讀取範例語句 %1。</translation>
    </message>
    <message>
        <source>The experts&apos; process cannot be started.</source>
        <translation>無法啟動專家模型的行程。</translation>
    </message>
    <message>
        <source>The experts&apos; process ended unexpectedly.</source>
        <translation>專家模型的行程意外結束了。</translation>
    </message>
    <message>
        <source>The experts&apos; process is not running.</source>
        <translation>專家模型的行程沒有在執行。</translation>
    </message>
    <message>
        <source>The experts&apos; process no longer answered and was ended.</source>
        <translation>專家模型的行程不再回應，已將它結束。</translation>
    </message>
    <message>
        <source>The experts&apos; process was ended by the system, most likely because memory ran out.</source>
        <translation>專家模型的行程被系統結束了，很可能是因為記憶體不足。</translation>
    </message>
    <message>
        <source>The experts&apos; process was ended.</source>
        <translation>專家模型的行程已結束。</translation>
    </message>
    <message>
        <source>The file %1 of %2 is missing.</source>
        <translation>缺少 %2 的檔案 %1。</translation>
    </message>
    <message>
        <source>The file %1 of the model %2 cannot be read.</source>
        <translation>無法讀取模型 %2 的檔案 %1。</translation>
    </message>
    <message>
        <source>The file %1 of the model %2 is damaged.</source>
        <translation>模型 %2 的檔案 %1 已損壞。</translation>
    </message>
    <message>
        <source>The file %1 of the model %2 is not the one that was installed.</source>
        <translation>模型 %2 的檔案 %1 與當初安裝的不同。</translation>
    </message>
    <message>
        <source>The file may be damaged or of another type; open it in a picture viewer and save it as PNG.</source>
        <translation>檔案可能已損壞或是其他類型；請用圖片檢視器開啟並存成 PNG。</translation>
    </message>
    <message>
        <source>The file may be damaged or of another type; see whether a media player plays it.</source>
        <translation>檔案可能已損壞或是其他類型；請試試媒體播放器能否播放。</translation>
    </message>
    <message>
        <source>The files in %1 need %2 GB, more than the disk has room for.</source>
        <translation>%1 中的檔案需要 %2 GB，超過磁碟的剩餘空間。</translation>
    </message>
    <message>
        <source>The files of %1 cannot be brought back.</source>
        <translation>無法找回 %1 的檔案。</translation>
    </message>
    <message>
        <source>The film %1 cannot be opened.</source>
        <translation>無法開啟影片 %1。</translation>
    </message>
    <message>
        <source>The film %1 is empty.</source>
        <translation>影片 %1 是空的。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be made.</source>
        <translation>無法建立資料夾 %1。</translation>
    </message>
    <message>
        <source>The formula has more than %1 characters.</source>
        <translation>算式超過 %1 個字元。</translation>
    </message>
    <message>
        <source>The grammar for the language model&apos;s answer is invalid.</source>
        <translation>語言模型回答所用的文法無效。</translation>
    </message>
    <message>
        <source>The graphics card %1 cannot be used.</source>
        <translation>無法使用顯示卡 %1。</translation>
    </message>
    <message>
        <source>The history %1 cannot be opened.</source>
        <translation>無法開啟歷史紀錄 %1。</translation>
    </message>
    <message>
        <source>The history %1 cannot be used.</source>
        <translation>無法使用歷史紀錄 %1。</translation>
    </message>
    <message>
        <source>The history %1 is damaged.</source>
        <translation>歷史紀錄 %1 已損壞。</translation>
    </message>
    <message>
        <source>The history %1 was written by a newer version of this program.</source>
        <translation>歷史紀錄 %1 是由較新版本的程式寫入的。</translation>
    </message>
    <message>
        <source>The history is closed.</source>
        <translation>歷史紀錄已關閉。</translation>
    </message>
    <message>
        <source>The hub gives it only to those who agreed to its terms. Choose another model, or fetch it by hand and take it in with `hgpt models import`.</source>
        <translation>模型中心只提供給同意條款的人。請改用其他模型，或自行下載後以 `hgpt models import` 匯入。</translation>
    </message>
    <message>
        <source>The installed llama-cpp-python does not know the kind of model in %1.</source>
        <translation>已安裝的 llama-cpp-python 不認得 %1 中的模型類型。</translation>
    </message>
    <message>
        <source>The installed rapidocr does not bring its model PP-OCRv6_det_small.onnx.</source>
        <translation>已安裝的 rapidocr 沒有附帶模型 PP-OCRv6_det_small.onnx。</translation>
    </message>
    <message>
        <source>The installed rapidocr does not bring its model PP-OCRv6_rec_small.onnx.</source>
        <translation>已安裝的 rapidocr 沒有附帶模型 PP-OCRv6_rec_small.onnx。</translation>
    </message>
    <message>
        <source>The installed rapidocr does not bring its model ch_ppocr_mobile_v2.0_cls_mobile.onnx.</source>
        <translation>已安裝的 rapidocr 沒有附帶模型 ch_ppocr_mobile_v2.0_cls_mobile.onnx。</translation>
    </message>
    <message>
        <source>The labels for %1 name nothing.</source>
        <translation>「%1」的標籤沒有列出任何東西。</translation>
    </message>
    <message>
        <source>The language model %1 is not installed.</source>
        <translation>語言模型 %1 尚未安裝。</translation>
    </message>
    <message>
        <source>The language model could not evaluate the text.</source>
        <translation>語言模型無法處理這段文字。</translation>
    </message>
    <message>
        <source>The language model&apos;s process cannot be started.</source>
        <translation>無法啟動語言模型的行程。</translation>
    </message>
    <message>
        <source>The language model&apos;s process ended unexpectedly.</source>
        <translation>語言模型的行程意外結束了。</translation>
    </message>
    <message>
        <source>The language model&apos;s process is not running.</source>
        <translation>語言模型的行程沒有在執行。</translation>
    </message>
    <message>
        <source>The language model&apos;s process no longer answered and was ended.</source>
        <translation>語言模型的行程不再回應，已將它結束。</translation>
    </message>
    <message>
        <source>The language model&apos;s process was ended by the system, most likely because memory ran out.</source>
        <translation>語言模型的行程被系統結束了，很可能是因為記憶體不足。</translation>
    </message>
    <message>
        <source>The language model&apos;s process was ended.</source>
        <translation>語言模型的行程已結束。</translation>
    </message>
    <message>
        <source>The libraries for converting models are not installed.</source>
        <translation>尚未安裝轉換模型所需的程式庫。</translation>
    </message>
    <message>
        <source>The library llama-cpp-python cannot be loaded.</source>
        <translation>無法載入程式庫 llama-cpp-python。</translation>
    </message>
    <message>
        <source>The list of task types %1 cannot be read.</source>
        <translation>無法讀取工作類型清單 %1。</translation>
    </message>
    <message>
        <source>The list of words %1 cannot be read.</source>
        <translation>無法讀取字詞清單 %1。</translation>
    </message>
    <message>
        <source>The log has the details; the program can go on.</source>
        <translation>詳情請見記錄檔；程式可以繼續使用。</translation>
    </message>
    <message>
        <source>The mask %1 has %2 × %3 pixels, another shape than the picture with %4 × %5.</source>
        <translation>遮罩 %1 是 %2 × %3 像素，與 %4 × %5 的圖片形狀不同。</translation>
    </message>
    <message>
        <source>The mask is empty: nothing is to be painted.</source>
        <translation>遮罩是空的：沒有要繪製的地方。</translation>
    </message>
    <message>
        <source>The model %1 has no GGUF file.</source>
        <translation>模型 %1 沒有 GGUF 檔。</translation>
    </message>
    <message>
        <source>The model %1 is not installed.</source>
        <translation>模型 %1 尚未安裝。</translation>
    </message>
    <message>
        <source>The model could not look at the picture.</source>
        <translation>模型無法看這張圖片。</translation>
    </message>
    <message>
        <source>The model file %1 cannot be loaded.</source>
        <translation>無法載入模型檔 %1。</translation>
    </message>
    <message>
        <source>The model&apos;s card cannot be used: %1</source>
        <translation>無法使用這個模型的模型卡：%1</translation>
    </message>
    <message>
        <source>The models folder %1 cannot be read.</source>
        <translation>無法讀取模型資料夾 %1。</translation>
    </message>
    <message>
        <source>The most accurate transcription here, for 100 languages, names and noise; meant for a GPU.</source>
        <translation>此處最準確的轉錄，支援 100 種語言，也能處理人名與雜音；適合 GPU。</translation>
    </message>
    <message>
        <source>The name is empty.</source>
        <translation>名稱是空的。</translation>
    </message>
    <message>
        <source>The name of %1 is not a text.</source>
        <translation>%1 的名稱不是文字。</translation>
    </message>
    <message>
        <source>The new size of the picture is not said.</source>
        <translation>沒有說明圖片的新大小。</translation>
    </message>
    <message>
        <source>The numbers in this become too large.</source>
        <translation>其中的數字變得太大。</translation>
    </message>
    <message>
        <source>The objects were found in a picture of %1 × %2 pixels, and the one given has %3 × %4.</source>
        <translation>這些物件是在 %1 × %2 像素的圖片中找到的，而提供的圖片是 %3 × %4 像素。</translation>
    </message>
    <message>
        <source>The package %1 could not be fetched.</source>
        <translation>無法下載套件 %1。</translation>
    </message>
    <message>
        <source>The package %1 does not contain what it should.</source>
        <translation>套件 %1 的內容與應有的不符。</translation>
    </message>
    <message>
        <source>The package %1 was not fetched as a wheel.</source>
        <translation>套件 %1 下載到的不是 wheel 檔。</translation>
    </message>
    <message>
        <source>The picture %1 cannot be opened.</source>
        <translation>無法開啟圖片 %1。</translation>
    </message>
    <message>
        <source>The picture %1 has %2 megapixels; pictures may have up to %3 megapixels.</source>
        <translation>圖片 %1 有 %2 百萬像素；圖片最多 %3 百萬像素。</translation>
    </message>
    <message>
        <source>The picture %1 is damaged or not complete.</source>
        <translation>圖片 %1 已損壞或不完整。</translation>
    </message>
    <message>
        <source>The picture %1 is empty.</source>
        <translation>圖片 %1 是空的。</translation>
    </message>
    <message>
        <source>The picture and the question are too long for this model.</source>
        <translation>圖片加上問題對這個模型來說太長了。</translation>
    </message>
    <message>
        <source>The picture itself was given as its mask.</source>
        <translation>圖片本身被當成了自己的遮罩。</translation>
    </message>
    <message>
        <source>The plan came out wrong.</source>
        <translation>計畫產生錯誤。</translation>
    </message>
    <message>
        <source>The plan has no tasks.</source>
        <translation>計畫中沒有工作。</translation>
    </message>
    <message>
        <source>The plan is not a list of tasks.</source>
        <translation>計畫不是工作清單。</translation>
    </message>
    <message>
        <source>The plan that came out for this request cannot be executed.</source>
        <translation>這個請求產生的計畫無法執行。</translation>
    </message>
    <message>
        <source>The plan uses %1, which is no longer there.</source>
        <translation>計畫用到的 %1 已不存在。</translation>
    </message>
    <message>
        <source>The point %1 lies outside the picture, which is %2 × %3 pixels.</source>
        <translation>點 %1 超出圖片範圍，圖片是 %2 × %3 像素。</translation>
    </message>
    <message>
        <source>The prompt file %1.txt cannot be read.</source>
        <translation>無法讀取提示檔 %1.txt。</translation>
    </message>
    <message>
        <source>The prompt file %1.txt has the place {{%2}}, which nothing fills.</source>
        <translation>提示檔 %1.txt 中的 {{%2}} 沒有內容可填入。</translation>
    </message>
    <message>
        <source>The recording %1 cannot be opened.</source>
        <translation>無法開啟錄音 %1。</translation>
    </message>
    <message>
        <source>The recording %1 is empty.</source>
        <translation>錄音 %1 是空的。</translation>
    </message>
    <message>
        <source>The request has %1 words; it may have up to %2.</source>
        <translation>請求有 %1 個字；最多 %2 個字。</translation>
    </message>
    <message>
        <source>The request is empty.</source>
        <translation>請求是空的。</translation>
    </message>
    <message>
        <source>The result %1 cannot be written.</source>
        <translation>無法寫入結果 %1。</translation>
    </message>
    <message>
        <source>The results are in the run&apos;s own folder.</source>
        <translation>結果在這次執行自己的資料夾裡。</translation>
    </message>
    <message>
        <source>The results cannot be written to %1.</source>
        <translation>無法將結果寫入 %1。</translation>
    </message>
    <message>
        <source>The same is true of %1 others.</source>
        <translation>另外 %1 個也是如此。</translation>
    </message>
    <message>
        <source>The server, or a proxy on the way, does not allow it. Choose another model, or fetch it by hand and take it in with `hgpt models import`.</source>
        <translation>伺服器或途中的代理伺服器不允許下載。請改用其他模型，或自行下載後以 `hgpt models import` 匯入。</translation>
    </message>
    <message>
        <source>The settings file %1 cannot be read.</source>
        <translation>無法讀取設定檔 %1。</translation>
    </message>
    <message>
        <source>The settings file %1 is not right: %2.</source>
        <translation>設定檔 %1 不正確：%2。</translation>
    </message>
    <message>
        <source>The simulated host died.</source>
        <translation>模擬的行程結束了。</translation>
    </message>
    <message>
        <source>The smallest language model here that can still plan simple requests, for machines with little memory.</source>
        <translation>此處仍能規劃簡單請求的最小語言模型，適合記憶體少的電腦。</translation>
    </message>
    <message>
        <source>The source does not have the right file; it was not fetched.</source>
        <translation>來源沒有正確的檔案；因此沒有下載。</translation>
    </message>
    <message>
        <source>The spreadsheet %1 is damaged or not complete.</source>
        <translation>試算表 %1 已損壞或不完整。</translation>
    </message>
    <message>
        <source>The table %1 cannot be opened.</source>
        <translation>無法開啟表格 %1。</translation>
    </message>
    <message>
        <source>The table has more than %1 rows.</source>
        <translation>表格超過 %1 列。</translation>
    </message>
    <message>
        <source>The table has no column %1.</source>
        <translation>表格中沒有 %1 這一欄。</translation>
    </message>
    <message>
        <source>The table needs columns of numbers, or of words that come again.</source>
        <translation>表格需要數字欄，或有重複字詞的欄。</translation>
    </message>
    <message>
        <source>The task %1 has no whole number as id, or no args.</source>
        <translation>工作「%1」的 id 不是整數，或沒有 args。</translation>
    </message>
    <message>
        <source>The task %1 was given no %2.</source>
        <translation>工作「%1」沒有得到「%2」。</translation>
    </message>
    <message>
        <source>The task type %1 in %2 has an input and an option of one name.</source>
        <translation>%2 中的工作類型「%1」有同名的輸入與選項。</translation>
    </message>
    <message>
        <source>The task type %1 in %2 has no description of one line.</source>
        <translation>%2 中的工作類型「%1」沒有一行的說明。</translation>
    </message>
    <message>
        <source>The task type %1 in %2 has no inputs.</source>
        <translation>%2 中的工作類型「%1」沒有輸入。</translation>
    </message>
    <message>
        <source>The task type %1 in %2 has the unknown key %3.</source>
        <translation>%2 中的工作類型「%1」有未知的鍵 %3。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: needs_tool is neither true nor false.</source>
        <translation>%2 中的工作類型「%1」：needs_tool 既不是 true 也不是 false。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: options is not a list of names with what they take.</source>
        <translation>%2 中的工作類型「%1」：options 不是名稱及其可接受值的清單。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: outputs has no kinds.</source>
        <translation>%2 中的工作類型「%1」：outputs 沒有種類。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: outputs: %3 is not a kind.</source>
        <translation>%2 中的工作類型「%1」：outputs：%3 不是種類。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3 has no kinds.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」沒有種類。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3 has the unknown key %4.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」有未知的鍵 %4。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3 is a literal but does not take text.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」是直接寫出的值，卻不接受文字。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3: %4 is not a kind.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」：%4 不是種類。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3: choices is not a list of texts.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」：choices 不是文字清單。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3: literal_only is neither true nor false.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」：literal_only 既不是 true 也不是 false。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3: many is neither true nor false.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」：many 既不是 true 也不是 false。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the input %3: optional is neither true nor false.</source>
        <translation>%2 中的工作類型「%1」：輸入「%3」：optional 既不是 true 也不是 false。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3 has neither `number` nor `choices`, or both.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」的 `number` 與 `choices` 必須恰有其一。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3 has the unknown key %4.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」有未知的鍵 %4。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3: choices is not a list of texts.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」：choices 不是文字清單。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3: each text of said needs its {n}.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」：said 的每段文字都需要 {n}。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3: number is not a range [lowest, highest].</source>
        <translation>%2 中的工作類型「%1」：選項「%3」：number 不是範圍 [最小, 最大]。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3: said is not written as it should be.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」：said 的寫法不正確。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3: said names the unknown choice %4.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」：said 提到未知的選擇 %4。</translation>
    </message>
    <message>
        <source>The task type %1 in %2: the option %3: the default %4 is not one of its values.</source>
        <translation>%2 中的工作類型「%1」：選項「%3」：預設值 %4 不是可用的值。</translation>
    </message>
    <message>
        <source>The tasks %1 wait for one another in a circle.</source>
        <translation>工作 %1 互相等待，形成循環。</translation>
    </message>
    <message>
        <source>The text has %1 gaps.</source>
        <translation>文字有 %1 個空缺。</translation>
    </message>
    <message>
        <source>The text has characters in it that are none.</source>
        <translation>文字中含有無效的字元。</translation>
    </message>
    <message>
        <source>The text has no gap to fill.</source>
        <translation>文字中沒有要填補的空缺。</translation>
    </message>
    <message>
        <source>The text has no words that can be spoken.</source>
        <translation>文字中沒有可以朗讀的內容。</translation>
    </message>
    <message>
        <source>The text is too long for the model: %1 tokens, and it reads at most %2.</source>
        <translation>文字對這個模型來說太長：有 %1 個詞元，而它最多讀 %2 個。</translation>
    </message>
    <message>
        <source>The text to turn into numbers is empty.</source>
        <translation>要轉成數字的文字是空的。</translation>
    </message>
    <message>
        <source>The title is empty.</source>
        <translation>標題是空的。</translation>
    </message>
    <message>
        <source>The voice could not say anything of this text.</source>
        <translation>這個聲音無法朗讀這段文字。</translation>
    </message>
    <message>
        <source>The workflow %1 cannot be read.</source>
        <translation>無法讀取工作流程 %1。</translation>
    </message>
    <message>
        <source>The workflow %1 is of a newer version of this program.</source>
        <translation>工作流程 %1 是較新版本的程式所存的。</translation>
    </message>
    <message>
        <source>There are no found objects to choose from.</source>
        <translation>沒有找到的物體可供挑選。</translation>
    </message>
    <message>
        <source>There is another model called %1 in the catalogue.</source>
        <translation>模型目錄中已有另一個名為 %1 的模型。</translation>
    </message>
    <message>
        <source>There is no %1 for %2: it is empty.</source>
        <translation>「%2」沒有「%1」：它是空的。</translation>
    </message>
    <message>
        <source>There is no conversation %1.</source>
        <translation>沒有對話 %1。</translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation>沒有檔案 %1。</translation>
    </message>
    <message>
        <source>There is no file or folder %1.</source>
        <translation>沒有檔案或資料夾 %1。</translation>
    </message>
    <message>
        <source>There is no formula to work out in %1.</source>
        <translation>%1 中沒有可以計算的算式。</translation>
    </message>
    <message>
        <source>There is no room left on the disk for the result.</source>
        <translation>磁碟已沒有空間存放結果。</translation>
    </message>
    <message>
        <source>There is no task type %1.</source>
        <translation>沒有工作類型「%1」。</translation>
    </message>
    <message>
        <source>There is not enough memory for a context of %1 tokens.</source>
        <translation>記憶體不足，無法容納 %1 個詞元的上下文。</translation>
    </message>
    <message>
        <source>There is not enough memory for the language model.</source>
        <translation>記憶體不足，無法容納語言模型。</translation>
    </message>
    <message>
        <source>There is not enough memory to load %1.</source>
        <translation>記憶體不足，無法載入 %1。</translation>
    </message>
    <message>
        <source>There is not enough memory to run %1.</source>
        <translation>記憶體不足，無法執行 %1。</translation>
    </message>
    <message>
        <source>There is only one label to choose from.</source>
        <translation>只有一個標籤，無從選擇。</translation>
    </message>
    <message>
        <source>There is only one text to compare.</source>
        <translation>只有一段文字，無從比較。</translation>
    </message>
    <message>
        <source>There is only one text, so there is nothing to put in order.</source>
        <translation>只有一段文字，沒有可排序的。</translation>
    </message>
    <message>
        <source>This is a mistake in the program; please report it.</source>
        <translation>這是程式的錯誤；請回報。</translation>
    </message>
    <message>
        <source>This model cannot do %1.</source>
        <translation>這個模型無法進行「%1」。</translation>
    </message>
    <message>
        <source>This needs %1 GB on the disk of %2, but only %3 GB of it can be used.</source>
        <translation>這需要 %2 所在磁碟的 %1 GB，但只有 %3 GB 可用。</translation>
    </message>
    <message>
        <source>This needs %1, and none is here (%2).</source>
        <translation>這需要%1，但這裡沒有（%2）。</translation>
    </message>
    <message>
        <source>This part was stopped.</source>
        <translation>這部分已停止。</translation>
    </message>
    <message>
        <source>This request belongs to another conversation.</source>
        <translation>這個請求屬於另一個對話。</translation>
    </message>
    <message>
        <source>This request has no plan.</source>
        <translation>這個請求沒有計畫。</translation>
    </message>
    <message>
        <source>This request is no longer in the history.</source>
        <translation>這個請求已不在歷史紀錄中。</translation>
    </message>
    <message>
        <source>This text seems to be %1, and %2 knows %3, so the result may be wrong.</source>
        <translation>這段文字似乎是%1，而 %2 懂的是%3，所以結果可能不正確。</translation>
    </message>
    <message>
        <source>Transcribes speech of 100 languages with the full-size Whisper, several times as slowly as the turbo one.</source>
        <translation>以完整大小的 Whisper 轉錄 100 種語言的語音，比 turbo 慢好幾倍。</translation>
    </message>
    <message>
        <source>Transcribes speech of 99 languages quickly on any machine; small, so names and noisy recordings suffer.</source>
        <translation>在任何電腦上快速轉錄 99 種語言的語音；模型小，人名和吵雜的錄音較容易出錯。</translation>
    </message>
    <message>
        <source>Transcribes speech of 99 languages with clearly fewer errors than the base size, about three times as slowly.</source>
        <translation>轉錄 99 種語言的語音，錯誤明顯少於 base，速度約慢三倍。</translation>
    </message>
    <message>
        <source>Translates English into German, French or Romanian; small and old, the language models translate better.</source>
        <translation>把英文譯成德文、法文或羅馬尼亞文；小而舊，語言模型翻譯得更好。</translation>
    </message>
    <message>
        <source>Translates English into German, French or Romanian; very small, for simple sentences only.</source>
        <translation>把英文譯成德文、法文或羅馬尼亞文；非常小，只適合簡單的句子。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>請再試一次。</translation>
    </message>
    <message>
        <source>Try again: it is loaded anew.</source>
        <translation>請再試一次：它會重新載入。</translation>
    </message>
    <message>
        <source>Try again: it is started anew.</source>
        <translation>請再試一次：它會重新啟動。</translation>
    </message>
    <message>
        <source>Try again: it is started anew. What it said last stands in %1.</source>
        <translation>請再試一次：它會重新啟動。它最後的訊息在 %1。</translation>
    </message>
    <message>
        <source>Try again; if the disk is slow, raise the limit (`load_timeout_s` in the settings).</source>
        <translation>請再試一次；若磁碟較慢，請提高時限（設定中的 `load_timeout_s`）。</translation>
    </message>
    <message>
        <source>Try again; the log says more, and a report of it helps to mend the program.</source>
        <translation>請再試一次；詳情在記錄檔中，回報它有助於修正程式。</translation>
    </message>
    <message>
        <source>Try another file, or another model.</source>
        <translation>請試試其他檔案，或其他模型。</translation>
    </message>
    <message>
        <source>Try another model for %1, or another text.</source>
        <translation>請試試其他能進行「%1」的模型，或其他文字。</translation>
    </message>
    <message>
        <source>Try another model for %1.</source>
        <translation>請試試其他能進行「%1」的模型。</translation>
    </message>
    <message>
        <source>Try another model or another file.</source>
        <translation>請試試其他模型或其他檔案。</translation>
    </message>
    <message>
        <source>Try another model, or another file.</source>
        <translation>請試試其他模型，或其他檔案。</translation>
    </message>
    <message>
        <source>Try another picture or another model.</source>
        <translation>請試試其他圖片或其他模型。</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其文</translation>
    </message>
    <message>
        <source>Turn on `network` in the settings, or use `hgpt models import` on a folder.</source>
        <translation>請在設定中開啟 `network`，或以 `hgpt models import` 匯入資料夾。</translation>
    </message>
    <message>
        <source>Two tasks of the plan have the same id.</source>
        <translation>計畫中有兩項工作的 id 相同。</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>烏克蘭文</translation>
    </message>
    <message>
        <source>Unpack it and attach the files in it.</source>
        <translation>請解壓縮後附加其中的檔案。</translation>
    </message>
    <message>
        <source>Update llama-cpp-python, or choose another model.</source>
        <translation>請更新 llama-cpp-python，或改用其他模型。</translation>
    </message>
    <message>
        <source>Update the program, or choose another model.</source>
        <translation>請更新程式，或改用其他模型。</translation>
    </message>
    <message>
        <source>Update the program, or delete that file: it is made anew.</source>
        <translation>請更新程式，或刪除該檔案：它會重新建立。</translation>
    </message>
    <message>
        <source>Update the program, or move that file to another place to begin a new history.</source>
        <translation>請更新程式，或把該檔案移到其他位置，以建立新的歷史紀錄。</translation>
    </message>
    <message>
        <source>Update the program.</source>
        <translation>請更新程式。</translation>
    </message>
    <message>
        <source>Urdu</source>
        <translation>烏爾都文</translation>
    </message>
    <message>
        <source>Use a smaller file, close other programs, or choose a smaller model.</source>
        <translation>請使用較小的檔案、關閉其他程式，或改選較小的模型。</translation>
    </message>
    <message>
        <source>Very small language model for tests; too small for real work.</source>
        <translation>供測試用的極小語言模型；對實際工作來說太小。</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南文</translation>
    </message>
    <message>
        <source>Wait until that is done, then try again.</source>
        <translation>請等它完成後再試一次。</translation>
    </message>
    <message>
        <source>What arrived as %1 is not the file that the catalogue describes.</source>
        <translation>下載到的 %1 並不是模型目錄所描述的檔案。</translation>
    </message>
    <message>
        <source>What arrived as the package %1 is not the file that pip&apos;s index describes.</source>
        <translation>下載到的套件 %1 並不是 pip 索引所描述的檔案。</translation>
    </message>
    <message>
        <source>What has arrived is kept: try again when the network is back.</source>
        <translation>已下載的部分會保留：網路恢復後請再試一次。</translation>
    </message>
    <message>
        <source>What has arrived is kept: try again when the network is back. pip&apos;s own settings (`pip config list`) say which mirror and proxy are used.</source>
        <translation>已下載的部分會保留：網路恢復後請再試一次。所用的鏡像站與代理伺服器見 pip 自己的設定（`pip config list`）。</translation>
    </message>
    <message>
        <source>Where its text stands in pictures, attach the pictures.</source>
        <translation>如果它的文字在圖片裡，請附加那些圖片。</translation>
    </message>
    <message>
        <source>Without a network this is normal: what has arrived is kept, so try again later, or import the models from another disk. Otherwise pip&apos;s package index does not have it; `pip config list` shows which one is asked.</source>
        <translation>沒有網路時這是正常的：已下載的部分會保留，請稍後再試一次，或從其他磁碟匯入模型。否則就是 pip 的套件索引沒有它；`pip config list` 會顯示所用的索引。</translation>
    </message>
    <message>
        <source>Work it out in parts.</source>
        <translation>請分成幾部分計算。</translation>
    </message>
    <message>
        <source>Works out formulas exactly; nothing to fetch.</source>
        <translation>精確計算算式；不需下載。</translation>
    </message>
    <message>
        <source>Write ___ where a word is missing, at most %1 times.</source>
        <translation>請在缺字處寫上 ___，最多 %1 處。</translation>
    </message>
    <message>
        <source>Write `&lt;resource&gt;-%1` where its output goes, or take %2 out of `dep`.</source>
        <translation>請在使用其輸出的地方寫 `&lt;resource&gt;-%1`，或從 `dep` 移除 %2。</translation>
    </message>
    <message>
        <source>Write `[-1]` where it depends on none.</source>
        <translation>沒有相依時請寫 `[-1]`。</translation>
    </message>
    <message>
        <source>Write a card.yaml beside it that names loader and tasks.</source>
        <translation>請在旁邊寫一個註明載入器與工作的 card.yaml。</translation>
    </message>
    <message>
        <source>Write at least one task into it.</source>
        <translation>請至少寫入一項工作。</translation>
    </message>
    <message>
        <source>Write it anew, or name the file anew.</source>
        <translation>請重新輸入，或為檔案改名。</translation>
    </message>
    <message>
        <source>Write it as `hgpt plan --json` prints it.</source>
        <translation>請依照 `hgpt plan --json` 的格式撰寫。</translation>
    </message>
    <message>
        <source>Write it as `left, top, right, bottom` in pixels of the picture or in per cent.</source>
        <translation>請寫成 `left, top, right, bottom`，以圖片的像素或百分比表示。</translation>
    </message>
    <message>
        <source>Write it as `x, y` in pixels of the picture or in per cent.</source>
        <translation>請寫成 `x, y`，以圖片的像素或百分比表示。</translation>
    </message>
    <message>
        <source>Write it as a formula, such as (3 + 4) * 2.5 or sqrt(144).</source>
        <translation>請寫成算式，例如 (3 + 4) * 2.5 或 sqrt(144)。</translation>
    </message>
    <message>
        <source>Write it as column = value, or column &gt; number.</source>
        <translation>請寫成「欄 = 值」或「欄 &gt; 數字」。</translation>
    </message>
    <message>
        <source>Write it as price &gt; 10.</source>
        <translation>請寫成 price &gt; 10 的形式。</translation>
    </message>
    <message>
        <source>Write it as timm:&lt;architecture&gt; or hed.</source>
        <translation>請寫成 timm:&lt;architecture&gt; 或 hed。</translation>
    </message>
    <message>
        <source>Write it like 8GB, 512MiB or 1.5G.</source>
        <translation>請寫成 8GB、512MiB 或 1.5G 的形式。</translation>
    </message>
    <message>
        <source>Write it out in words.</source>
        <translation>請用文字寫出來。</translation>
    </message>
    <message>
        <source>Write it out, or attach a file that has words.</source>
        <translation>請直接寫出來，或附加含有文字的檔案。</translation>
    </message>
    <message>
        <source>Write it out, or attach a text file.</source>
        <translation>請直接寫出來，或附加文字檔。</translation>
    </message>
    <message>
        <source>Write the %1 into the plan.</source>
        <translation>請把「%1」寫進計畫。</translation>
    </message>
    <message>
        <source>You may not look into the folder of %1.</source>
        <translation>你沒有查看 %1 所在資料夾的權限。</translation>
    </message>
    <message>
        <source>You may not read %1.</source>
        <translation>你沒有讀取 %1 的權限。</translation>
    </message>
    <message>
        <source>`%1` is %2, which is not %3</source>
        <translation>`%1` 是 %2，而不是%3</translation>
    </message>
    <message>
        <source>`%1` is %2; it has to be above 0</source>
        <translation>`%1` 是 %2；它必須大於 0</translation>
    </message>
    <message>
        <source>`device` is %1; it may be auto, cpu or cuda:0</source>
        <translation>`device` 是 %1；可用的值是 auto、cpu 或 cuda:0</translation>
    </message>
    <message>
        <source>`hgpt conversations list` shows those there are.</source>
        <translation>`hgpt conversations list` 會列出現有的對話。</translation>
    </message>
    <message>
        <source>`hgpt doctor` says what to mend.</source>
        <translation>`hgpt doctor` 會說明該如何修正。</translation>
    </message>
    <message>
        <source>`hgpt models install %1`</source>
        <translation>`hgpt models install %1`</translation>
    </message>
    <message>
        <source>`hgpt models install %1` installs it.</source>
        <translation>請以 `hgpt models install %1` 安裝。</translation>
    </message>
    <message>
        <source>`hgpt models install spleeter-2stems` gets one that parts voice and music.</source>
        <translation>`hgpt models install spleeter-2stems` 可安裝能分離人聲與音樂的模型。</translation>
    </message>
    <message>
        <source>`hgpt models list --task %1` shows what could be installed.</source>
        <translation>`hgpt models list --task %1` 會列出可以安裝的模型。</translation>
    </message>
    <message>
        <source>`hgpt models list --task conversational` shows those that can.</source>
        <translation>`hgpt models list --task conversational` 會列出可用的模型。</translation>
    </message>
    <message>
        <source>`hgpt models list` and `hgpt models search` show what it has.</source>
        <translation>`hgpt models list` 和 `hgpt models search` 會列出目錄內容。</translation>
    </message>
    <message>
        <source>`hgpt models list` shows the task types.</source>
        <translation>`hgpt models list` 會列出工作類型。</translation>
    </message>
    <message>
        <source>`hgpt models repair %1` checks its files and fetches the bad ones again.</source>
        <translation>`hgpt models repair %1` 會檢查它的檔案，並重新下載損壞的部分。</translation>
    </message>
    <message>
        <source>`hgpt models repair %1` fetches it again.</source>
        <translation>`hgpt models repair %1` 會重新下載。</translation>
    </message>
    <message>
        <source>`hgpt models repair` fetches it again.</source>
        <translation>`hgpt models repair` 會重新下載。</translation>
    </message>
    <message>
        <source>`hgpt models search voice` shows others; install one and ask again.</source>
        <translation>`hgpt models search voice` 會列出其他聲音；請安裝一個再問一次。</translation>
    </message>
    <message>
        <source>`models` is not a list</source>
        <translation>`models` 不是清單</translation>
    </message>
    <message>
        <source>`shortcuts` is %1, which is not a list of commands with their keys</source>
        <translation>`shortcuts` 是 %1，而不是命令與其按鍵的清單</translation>
    </message>
    <message>
        <source>a document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>a file cannot be called card.yaml, install.json or *.part</source>
        <translation>檔案不能命名為 card.yaml、install.json 或 *.part</translation>
    </message>
    <message>
        <source>a file from an https: address needs its sha256</source>
        <translation>來自 https: 網址的檔案需要 sha256</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>數字</translation>
    </message>
    <message>
        <source>a picture</source>
        <translation>圖片</translation>
    </message>
    <message>
        <source>a recording</source>
        <translation>錄音</translation>
    </message>
    <message>
        <source>a table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>a video</source>
        <translation>影片</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整數</translation>
    </message>
    <message>
        <source>angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>answering the question</source>
        <translation>正在回答問題</translation>
    </message>
    <message>
        <source>arithmetic</source>
        <translation>計算</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>照原樣</translation>
    </message>
    <message>
        <source>at</source>
        <translation>時間點</translation>
    </message>
    <message>
        <source>audio</source>
        <translation>錄音</translation>
    </message>
    <message>
        <source>audio-classification</source>
        <translation>辨識聲音</translation>
    </message>
    <message>
        <source>audio-cutting</source>
        <translation>剪接錄音</translation>
    </message>
    <message>
        <source>audio-to-audio</source>
        <translation>處理聲音</translation>
    </message>
    <message>
        <source>automatic-speech-recognition</source>
        <translation>將語音轉成文字</translation>
    </message>
    <message>
        <source>average</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>background-removal</source>
        <translation>去除背景</translation>
    </message>
    <message>
        <source>bottom</source>
        <translation>下</translation>
    </message>
    <message>
        <source>bottom left</source>
        <translation>左下</translation>
    </message>
    <message>
        <source>bottom right</source>
        <translation>右下</translation>
    </message>
    <message>
        <source>boxes</source>
        <translation>方框</translation>
    </message>
    <message>
        <source>calculation</source>
        <translation>計算方式</translation>
    </message>
    <message>
        <source>change</source>
        <translation>變更</translation>
    </message>
    <message>
        <source>colouring the regions</source>
        <translation>正在為區域上色</translation>
    </message>
    <message>
        <source>colouring what was found</source>
        <translation>正在為找到的物體上色</translation>
    </message>
    <message>
        <source>column</source>
        <translation>欄</translation>
    </message>
    <message>
        <source>comes with OpenCV</source>
        <translation>隨 OpenCV 提供</translation>
    </message>
    <message>
        <source>comes with the program</source>
        <translation>隨程式提供</translation>
    </message>
    <message>
        <source>composing</source>
        <translation>正在作曲</translation>
    </message>
    <message>
        <source>conversational</source>
        <translation>對話</translation>
    </message>
    <message>
        <source>convert begins with %1, which is not among the files</source>
        <translation>convert 的起點是 %1，但它不在檔案清單中</translation>
    </message>
    <message>
        <source>convert needs exactly from, to and as</source>
        <translation>convert 必須恰好有 from、to 和 as</translation>
    </message>
    <message>
        <source>count</source>
        <translation>數量</translation>
    </message>
    <message>
        <source>crop</source>
        <translation>裁切</translation>
    </message>
    <message>
        <source>cut out</source>
        <translation>剪下</translation>
    </message>
    <message>
        <source>depth-estimation</source>
        <translation>估計深度</translation>
    </message>
    <message>
        <source>description</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>document-question-answering</source>
        <translation>回答文件的問題</translation>
    </message>
    <message>
        <source>downloads is not a whole number from 0</source>
        <translation>downloads 不是 0 以上的整數</translation>
    </message>
    <message>
        <source>drawing the boxes</source>
        <translation>正在繪製方框</translation>
    </message>
    <message>
        <source>drawing the depth</source>
        <translation>正在繪製深度圖</translation>
    </message>
    <message>
        <source>edges drawn</source>
        <translation>邊緣已畫好</translation>
    </message>
    <message>
        <source>end</source>
        <translation>結束</translation>
    </message>
    <message>
        <source>expression</source>
        <translation>算式</translation>
    </message>
    <message>
        <source>feature-extraction</source>
        <translation>將文字轉成向量</translation>
    </message>
    <message>
        <source>female</source>
        <translation>女聲</translation>
    </message>
    <message>
        <source>files is not a list</source>
        <translation>files 不是清單</translation>
    </message>
    <message>
        <source>fill-mask</source>
        <translation>填補句子中的空缺</translation>
    </message>
    <message>
        <source>film classified</source>
        <translation>影片已分類</translation>
    </message>
    <message>
        <source>film made</source>
        <translation>影片已完成</translation>
    </message>
    <message>
        <source>flip</source>
        <translation>上下翻轉</translation>
    </message>
    <message>
        <source>format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>from needs the model&apos;s hub, and no sources of its own</source>
        <translation>from 需要模型中心，而且不能有自己的來源</translation>
    </message>
    <message>
        <source>gap %1 of %2</source>
        <translation>空缺 %1，共 %2 個</translation>
    </message>
    <message>
        <source>grayscale</source>
        <translation>灰階</translation>
    </message>
    <message>
        <source>height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>隱藏</translation>
    </message>
    <message>
        <source>history</source>
        <translation>先前的對話</translation>
    </message>
    <message>
        <source>image</source>
        <translation>圖片</translation>
    </message>
    <message>
        <source>image-classification</source>
        <translation>辨識圖片內容</translation>
    </message>
    <message>
        <source>image-feature-extraction</source>
        <translation>將圖片轉成向量</translation>
    </message>
    <message>
        <source>image-segmentation</source>
        <translation>圈出圖片中的物體</translation>
    </message>
    <message>
        <source>image-similarity</source>
        <translation>比較兩張圖片</translation>
    </message>
    <message>
        <source>image-super-resolution</source>
        <translation>放大圖片</translation>
    </message>
    <message>
        <source>image-to-image</source>
        <translation>修改圖片</translation>
    </message>
    <message>
        <source>image-to-text</source>
        <translation>描述圖片</translation>
    </message>
    <message>
        <source>image-to-video</source>
        <translation>讓圖片動起來</translation>
    </message>
    <message>
        <source>image-transform</source>
        <translation>調整圖片的大小或形狀</translation>
    </message>
    <message>
        <source>in eight bits</source>
        <translation>以八位元執行</translation>
    </message>
    <message>
        <source>in half precision</source>
        <translation>以半精度執行</translation>
    </message>
    <message>
        <source>in tiles</source>
        <translation>分塊執行</translation>
    </message>
    <message>
        <source>in tiles, with attention in slices</source>
        <translation>分塊執行並將注意力切片</translation>
    </message>
    <message>
        <source>inpainting</source>
        <translation>重畫圖片的一部分</translation>
    </message>
    <message>
        <source>instruction</source>
        <translation>指示</translation>
    </message>
    <message>
        <source>it has neither files nor packages</source>
        <translation>它既沒有檔案也沒有套件</translation>
    </message>
    <message>
        <source>it has no safetensors file</source>
        <translation>它沒有 safetensors 檔</translation>
    </message>
    <message>
        <source>it is not a mapping of fields</source>
        <translation>它不是欄位的對應表</translation>
    </message>
    <message>
        <source>it says verified, but not every file has its sha256</source>
        <translation>它標示為已驗證，但並非每個檔案都有 sha256</translation>
    </message>
    <message>
        <source>its config.json is missing</source>
        <translation>缺少 config.json</translation>
    </message>
    <message>
        <source>its config.json is not an object</source>
        <translation>它的 config.json 不是物件</translation>
    </message>
    <message>
        <source>its model_index.json is missing</source>
        <translation>缺少 model_index.json</translation>
    </message>
    <message>
        <source>its model_index.json is not an object</source>
        <translation>它的 model_index.json 不是物件</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>保留的部分</translation>
    </message>
    <message>
        <source>keypoint-detection</source>
        <translation>找出人體關節</translation>
    </message>
    <message>
        <source>kind</source>
        <translation>類型</translation>
    </message>
    <message>
        <source>label</source>
        <translation>標籤</translation>
    </message>
    <message>
        <source>labels</source>
        <translation>標籤</translation>
    </message>
    <message>
        <source>language</source>
        <translation>語言</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>layer by layer</source>
        <translation>逐層執行</translation>
    </message>
    <message>
        <source>learning from the known rows</source>
        <translation>正在從已知的列學習</translation>
    </message>
    <message>
        <source>left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>lines drawn</source>
        <translation>線條已畫好</translation>
    </message>
    <message>
        <source>looking at the marked places</source>
        <translation>正在看標示的位置</translation>
    </message>
    <message>
        <source>looking at the picture</source>
        <translation>正在看圖片</translation>
    </message>
    <message>
        <source>looking at the pictures</source>
        <translation>正在看圖片</translation>
    </message>
    <message>
        <source>looking for %1</source>
        <translation>正在尋找 %1</translation>
    </message>
    <message>
        <source>looking for edges</source>
        <translation>正在尋找邊緣</translation>
    </message>
    <message>
        <source>looking for lines</source>
        <translation>正在尋找線條</translation>
    </message>
    <message>
        <source>looking for objects</source>
        <translation>正在尋找物體</translation>
    </message>
    <message>
        <source>looking for people</source>
        <translation>正在尋找人物</translation>
    </message>
    <message>
        <source>looking for regions</source>
        <translation>正在尋找區域</translation>
    </message>
    <message>
        <source>looking for the answer</source>
        <translation>正在尋找答案</translation>
    </message>
    <message>
        <source>male</source>
        <translation>男聲</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>mask-generation</source>
        <translation>製作精確的遮罩</translation>
    </message>
    <message>
        <source>measuring the depth</source>
        <translation>正在測量深度</translation>
    </message>
    <message>
        <source>median</source>
        <translation>中位數</translation>
    </message>
    <message>
        <source>memory_bytes is not a whole number from 0</source>
        <translation>memory_bytes 不是 0 以上的整數</translation>
    </message>
    <message>
        <source>middle</source>
        <translation>中</translation>
    </message>
    <message>
        <source>mirror</source>
        <translation>左右翻轉</translation>
    </message>
    <message>
        <source>most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>music</source>
        <translation>音樂</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名稱</translation>
    </message>
    <message>
        <source>next use in %1 tasks, reload %2 s</source>
        <translation>再過 %1 項工作會用到，重新載入需 %2 秒</translation>
    </message>
    <message>
        <source>not needed any more by this plan, reload %1 s</source>
        <translation>這個計畫不再需要，重新載入需 %1 秒</translation>
    </message>
    <message>
        <source>object-detection</source>
        <translation>找出圖片中的物體</translation>
    </message>
    <message>
        <source>object-selection</source>
        <translation>挑選找到的物體</translation>
    </message>
    <message>
        <source>objects</source>
        <translation>物體</translation>
    </message>
    <message>
        <source>on the processor</source>
        <translation>在處理器上執行</translation>
    </message>
    <message>
        <source>one input at a time</source>
        <translation>一次處理一項輸入</translation>
    </message>
    <message>
        <source>optical-character-recognition</source>
        <translation>讀取圖片中的文字</translation>
    </message>
    <message>
        <source>options is not a mapping</source>
        <translation>options 不是對應表</translation>
    </message>
    <message>
        <source>other (see docs/LICENCES.md)</source>
        <translation>其他（見 docs/LICENCES.md）</translation>
    </message>
    <message>
        <source>other image</source>
        <translation>另一張圖片</translation>
    </message>
    <message>
        <source>other text</source>
        <translation>另一段文字</translation>
    </message>
    <message>
        <source>other_image</source>
        <translation>另一張圖片</translation>
    </message>
    <message>
        <source>other_text</source>
        <translation>另一段文字</translation>
    </message>
    <message>
        <source>page %1 of %2: %3 words read</source>
        <translation>第 %1 頁，共 %2 頁：已讀取 %3 個字</translation>
    </message>
    <message>
        <source>page %1 of %2: reading the page</source>
        <translation>第 %1 頁，共 %2 頁：正在讀取頁面</translation>
    </message>
    <message>
        <source>part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>part %1 of %2</source>
        <translation>第 %1 部分，共 %2 部分</translation>
    </message>
    <message>
        <source>per voice (see docs/LICENCES.md)</source>
        <translation>依語音而定（見 docs/LICENCES.md）</translation>
    </message>
    <message>
        <source>picture at %1 seconds</source>
        <translation>第 %1 秒的畫面</translation>
    </message>
    <message>
        <source>picture changed</source>
        <translation>圖片已修改</translation>
    </message>
    <message>
        <source>picture classified</source>
        <translation>圖片已分類</translation>
    </message>
    <message>
        <source>picture enlarged</source>
        <translation>圖片已放大</translation>
    </message>
    <message>
        <source>picture made</source>
        <translation>圖片已完成</translation>
    </message>
    <message>
        <source>picture painted</source>
        <translation>圖片已重畫</translation>
    </message>
    <message>
        <source>pictures classified</source>
        <translation>圖片已分類</translation>
    </message>
    <message>
        <source>pip, which fetches this model, is not installed beside the program.</source>
        <translation>下載這個模型所需的 pip 沒有與程式一起安裝。</translation>
    </message>
    <message>
        <source>points</source>
        <translation>點</translation>
    </message>
    <message>
        <source>precision unknown</source>
        <translation>精度不明</translation>
    </message>
    <message>
        <source>quality is not a number from 0 to 1</source>
        <translation>quality 不是 0 到 1 之間的數字</translation>
    </message>
    <message>
        <source>question</source>
        <translation>問題</translation>
    </message>
    <message>
        <source>question answered</source>
        <translation>問題已回答</translation>
    </message>
    <message>
        <source>question-answering</source>
        <translation>依文字回答</translation>
    </message>
    <message>
        <source>reading %1 rows</source>
        <translation>正在讀取 %1 列</translation>
    </message>
    <message>
        <source>reading the description</source>
        <translation>正在讀取描述</translation>
    </message>
    <message>
        <source>reading the guide</source>
        <translation>正在讀取參考圖</translation>
    </message>
    <message>
        <source>reading the page</source>
        <translation>正在讀取頁面</translation>
    </message>
    <message>
        <source>reading the picture</source>
        <translation>正在讀取圖片</translation>
    </message>
    <message>
        <source>reading the text</source>
        <translation>正在讀取文字</translation>
    </message>
    <message>
        <source>reading what is to be seen</source>
        <translation>正在讀取畫面描述</translation>
    </message>
    <message>
        <source>resize</source>
        <translation>調整大小</translation>
    </message>
    <message>
        <source>right</source>
        <translation>右</translation>
    </message>
    <message>
        <source>rotate</source>
        <translation>旋轉</translation>
    </message>
    <message>
        <source>row %1 of %2</source>
        <translation>第 %1 列，共 %2 列</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>倍率</translation>
    </message>
    <message>
        <source>schema is not a whole number from 0</source>
        <translation>schema 不是 0 以上的整數</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒數</translation>
    </message>
    <message>
        <source>select</source>
        <translation>選取</translation>
    </message>
    <message>
        <source>sentence-similarity</source>
        <translation>比較句子</translation>
    </message>
    <message>
        <source>sentences</source>
        <translation>句數</translation>
    </message>
    <message>
        <source>sha256 is not 64 hexadecimal digits in lower case</source>
        <translation>sha256 不是 64 個小寫十六進位數字</translation>
    </message>
    <message>
        <source>show</source>
        <translation>顯示方式</translation>
    </message>
    <message>
        <source>size_bytes is not a whole number from 0</source>
        <translation>size_bytes 不是 0 以上的整數</translation>
    </message>
    <message>
        <source>smallest</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>sort</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>sort down</source>
        <translation>由大到小排序</translation>
    </message>
    <message>
        <source>sources is not a list</source>
        <translation>sources 不是清單</translation>
    </message>
    <message>
        <source>speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>srt</source>
        <translation>SRT 字幕</translation>
    </message>
    <message>
        <source>start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>步驟 %1，共 %2 步</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步數</translation>
    </message>
    <message>
        <source>strength</source>
        <translation>強度</translation>
    </message>
    <message>
        <source>style</source>
        <translation>風格</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>總和</translation>
    </message>
    <message>
        <source>summarization</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>table-calculation</source>
        <translation>計算表格</translation>
    </message>
    <message>
        <source>table-question-answering</source>
        <translation>根據表格回答</translation>
    </message>
    <message>
        <source>table-to-text</source>
        <translation>將表格寫成文字</translation>
    </message>
    <message>
        <source>tabular-classification</source>
        <translation>表格列分類</translation>
    </message>
    <message>
        <source>taking the background away</source>
        <translation>正在去除背景</translation>
    </message>
    <message>
        <source>telling the main thing from its background</source>
        <translation>正在區分主體與背景</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>text %1 of %2</source>
        <translation>第 %1 段文字，共 %2 段</translation>
    </message>
    <message>
        <source>text written</source>
        <translation>文字已寫好</translation>
    </message>
    <message>
        <source>text-classification</source>
        <translation>文字分類</translation>
    </message>
    <message>
        <source>text-generation</source>
        <translation>撰寫文字</translation>
    </message>
    <message>
        <source>text-ranking</source>
        <translation>依問題排列文字</translation>
    </message>
    <message>
        <source>text-to-audio</source>
        <translation>製作音樂或音效</translation>
    </message>
    <message>
        <source>text-to-image</source>
        <translation>繪製圖片</translation>
    </message>
    <message>
        <source>text-to-speech</source>
        <translation>朗讀</translation>
    </message>
    <message>
        <source>text-to-video</source>
        <translation>製作影片</translation>
    </message>
    <message>
        <source>text2text-generation</source>
        <translation>改寫文字</translation>
    </message>
    <message>
        <source>the best ranked one; the LLM chose none of these</source>
        <translation>排名最高的模型；語言模型沒有從中選擇</translation>
    </message>
    <message>
        <source>the best ranked one; the LLM could not choose</source>
        <translation>排名最高的模型；語言模型無法選擇</translation>
    </message>
    <message>
        <source>the catalogue&apos;s best model for this task</source>
        <translation>模型目錄中最適合這項工作的模型</translation>
    </message>
    <message>
        <source>the catalogue&apos;s best model; the LLM could not be asked (%1)</source>
        <translation>模型目錄中最好的模型；無法詢問語言模型（%1）</translation>
    </message>
    <message>
        <source>the catalogue&apos;s index</source>
        <translation>模型目錄的索引</translation>
    </message>
    <message>
        <source>the language model in use</source>
        <translation>目前使用的語言模型</translation>
    </message>
    <message>
        <source>the model %1 is there twice</source>
        <translation>模型 %1 出現了兩次</translation>
    </message>
    <message>
        <source>the one you chose</source>
        <translation>你選擇的模型</translation>
    </message>
    <message>
        <source>the only installed model for this task</source>
        <translation>唯一安裝且能完成這項工作的模型</translation>
    </message>
    <message>
        <source>threshold</source>
        <translation>門檻</translation>
    </message>
    <message>
        <source>timestamps</source>
        <translation>時間標記</translation>
    </message>
    <message>
        <source>timm has no architecture %1.</source>
        <translation>timm 沒有架構 %1。</translation>
    </message>
    <message>
        <source>token-classification</source>
        <translation>找出名稱與詞彙</translation>
    </message>
    <message>
        <source>top</source>
        <translation>上</translation>
    </message>
    <message>
        <source>top left</source>
        <translation>左上</translation>
    </message>
    <message>
        <source>top right</source>
        <translation>右上</translation>
    </message>
    <message>
        <source>translation</source>
        <translation>翻譯</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>two files have the same path</source>
        <translation>兩個檔案的路徑相同</translation>
    </message>
    <message>
        <source>unknown field %1</source>
        <translation>未知的欄位 %1</translation>
    </message>
    <message>
        <source>variation</source>
        <translation>變化</translation>
    </message>
    <message>
        <source>verified is neither true nor false</source>
        <translation>verified 既不是 true 也不是 false</translation>
    </message>
    <message>
        <source>video</source>
        <translation>影片</translation>
    </message>
    <message>
        <source>video-classification</source>
        <translation>辨識影片中的動作</translation>
    </message>
    <message>
        <source>video-cutting</source>
        <translation>剪接影片</translation>
    </message>
    <message>
        <source>video-to-audio</source>
        <translation>從影片擷取聲音</translation>
    </message>
    <message>
        <source>video-to-image</source>
        <translation>從影片擷取圖片</translation>
    </message>
    <message>
        <source>visual-question-answering</source>
        <translation>回答圖片的問題</translation>
    </message>
    <message>
        <source>voice</source>
        <translation>人聲</translation>
    </message>
    <message>
        <source>voice-activity-detection</source>
        <translation>找出有人說話的時段</translation>
    </message>
    <message>
        <source>vtt</source>
        <translation>VTT 字幕</translation>
    </message>
    <message>
        <source>watching part %1 of %2</source>
        <translation>正在看第 %1 段，共 %2 段</translation>
    </message>
    <message>
        <source>where</source>
        <translation>條件</translation>
    </message>
    <message>
        <source>width</source>
        <translation>寬度</translation>
    </message>
    <message>
        <source>with all idle models put out</source>
        <translation>先移出所有閒置的模型</translation>
    </message>
    <message>
        <source>with only some of its layers on the graphics card</source>
        <translation>只把部分層放在顯示卡上</translation>
    </message>
    <message>
        <source>with parts of it on the processor</source>
        <translation>把部分移到處理器上</translation>
    </message>
    <message>
        <source>words</source>
        <translation>字數</translation>
    </message>
    <message>
        <source>writing about the picture</source>
        <translation>正在描述圖片</translation>
    </message>
    <message>
        <source>zero-shot-audio-classification</source>
        <translation>選出合適的聲音</translation>
    </message>
    <message>
        <source>zero-shot-classification</source>
        <translation>為文字選出合適的標籤</translation>
    </message>
    <message>
        <source>zero-shot-image-classification</source>
        <translation>選出合適的標籤</translation>
    </message>
    <message>
        <source>zero-shot-object-detection</source>
        <translation>在圖片中找出指定的東西</translation>
    </message>
    <message>
        <source>“%1” wants %2, and there is no file for it.</source>
        <translation>「%1」需要%2，但沒有可用的檔案。</translation>
    </message>
    <message>
        <source>“%1” wants %2, but %3 is %4.</source>
        <translation>「%1」需要%2，但 %3 是%4。</translation>
    </message>
</context>
</TS>
