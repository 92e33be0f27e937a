<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_TW">
<context>
    <name>Announcer</name>
    <message>
        <source>Show the window</source>
        <translation>顯示視窗</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新對話</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>結束</translation>
    </message>
</context>
<context>
    <name>AnswerFoot</name>
    <message>
        <source>Copy the answer</source>
        <translation>複製回答</translation>
    </message>
    <message>
        <source>Quote in the next request</source>
        <translation>在下一個請求中引用</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Save as workflow…</source>
        <translation>存成工作流程…</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Why? The note stays on this computer.</source>
        <translation>為什麼？這則備註只留在這台電腦上。</translation>
    </message>
    <message>
        <source>Note on the answer</source>
        <translation>對回答的備註</translation>
    </message>
</context>
<context>
    <name>AssistantMessage</name>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Working out a plan</source>
        <translation>正在擬定計畫</translation>
    </message>
    <message>
        <source>Choosing models</source>
        <translation>正在選擇模型</translation>
    </message>
    <message>
        <source>Plan at work</source>
        <translation>計畫執行中</translation>
    </message>
    <message>
        <source>Writing the answer</source>
        <translation>正在撰寫回答</translation>
    </message>
    <message>
        <source>Loading the language model, {size}</source>
        <translation>正在載入語言模型，{size}</translation>
    </message>
    <message>
        <source>Interrupted: the program ended while this request was under way.</source>
        <translation>已中斷：程式在執行這個請求時結束了。</translation>
    </message>
    <message>
        <source>What had been made and written by then is kept here.</source>
        <translation>當時已產生和寫出的內容都保留在這裡。</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新執行</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中斷</translation>
    </message>
    <message>
        <source>Edit and try again</source>
        <translation>修改後再試一次</translation>
    </message>
    <message>
        <source>Open the models</source>
        <translation>開啟模型頁</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message>
        <source>Attached file {name}</source>
        <translation>附加檔案 {name}</translation>
    </message>
    <message>
        <source>no longer there</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 頁</translation>
    </message>
    <message>
        <source>{count} pages</source>
        <translation>{count} 頁</translation>
    </message>
    <message>
        <source>cannot be used</source>
        <translation>無法使用</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove all files</source>
        <translation>移除所有檔案</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
</context>
<context>
    <name>AttachmentStrip</name>
    <message>
        <source>A request takes up to {count} files; {left} were left out.</source>
        <translation>一個請求最多可附加 {count} 個檔案；另有 {left} 個未附加。</translation>
    </message>
    <message>
        <source>Send them with another request, or run a workflow on all of them.</source>
        <translation>請用另一個請求送出，或對所有檔案執行工作流程。</translation>
    </message>
    <message>
        <source>{name} is a folder.</source>
        <translation>{name} 是資料夾。</translation>
    </message>
    <message>
        <source>Attach the files that are in it.</source>
        <translation>請附加其中的檔案。</translation>
    </message>
    <message>
        <source>{name} is not there.</source>
        <translation>找不到 {name}。</translation>
    </message>
    <message>
        <source>It may have been moved or deleted; attach it from where it is now.</source>
        <translation>它可能已被移動或刪除；請從現在的位置附加。</translation>
    </message>
</context>
<context>
    <name>AudioPlayer</name>
    <message>
        <source>Recording {name}</source>
        <translation>錄音 {name}</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Place in the recording</source>
        <translation>錄音中的位置</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>靜音</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>This machine has no sound output; the file can be saved or opened instead.</source>
        <translation>這台電腦沒有音訊輸出；你可以改為儲存或開啟檔案。</translation>
    </message>
    <message>
        <source>The file is no longer there.</source>
        <translation>檔案已不存在。</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>取消靜音</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暫停</translation>
    </message>
    <message>
        <source>This recording cannot be played here; open it in another program.</source>
        <translation>這個錄音無法在此播放；請用其他程式開啟。</translation>
    </message>
</context>
<context>
    <name>BatchCard</name>
    <message>
        <source>Batch</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Progress of the batch</source>
        <translation>批次進度</translation>
    </message>
    <message>
        <source>Stop the batch</source>
        <translation>停止批次</translation>
    </message>
    <message>
        <source>Show the answers</source>
        <translation>顯示回答</translation>
    </message>
    <message>
        <source>Save as table…</source>
        <translation>另存為表格…</translation>
    </message>
    <message>
        <source>{done} of {all} done</source>
        <translation>已完成 {done}，共 {all}</translation>
    </message>
    <message>
        <source>{failed} failed or stopped</source>
        <translation>{failed} 個失敗或已停止</translation>
    </message>
    <message>
        <source>It took {time}.</source>
        <translation>共花費 {time}。</translation>
    </message>
    <message>
        <source>and {count} more; the table has all of them</source>
        <translation>另有 {count} 項；表格中有全部</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>What you had written was put aside.</source>
        <translation>你原先寫的內容已放到一旁。</translation>
    </message>
    <message>
        <source>Bring it back</source>
        <translation>取回</translation>
    </message>
    <message>
        <source>Another request is under way; try again when it has ended.</source>
        <translation>另一個請求正在進行；請等它結束後再試。</translation>
    </message>
    <message>
        <source>{count} waiting requests will not be sent.</source>
        <translation>{count} 個等候中的請求將不會送出。</translation>
    </message>
    <message>
        <source>The waiting request will not be sent.</source>
        <translation>等候中的請求將不會送出。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>{name} is no longer attached.</source>
        <translation>已移除附件「{name}」。</translation>
    </message>
    <message>
        <source>{count} files are no longer attached.</source>
        <translation>已移除 {count} 個附件。</translation>
    </message>
    <message>
        <source>The earlier request is no longer being edited.</source>
        <translation>已停止修改先前的請求。</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>The plan waits for your word</source>
        <translation>計畫等待你的決定</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Wait until the request has ended, or stop it.</source>
        <translation>請等請求結束，或將它停止。</translation>
    </message>
    <message>
        <source>Your note is kept on this computer.</source>
        <translation>你的備註已存在這台電腦上。</translation>
    </message>
    <message>
        <source>“{name}” is kept under Workflows.</source>
        <translation>「{name}」已存到「工作流程」。</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>顯示</translation>
    </message>
</context>
<context>
    <name>CodeBlock</name>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>複製程式碼</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>程式碼</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>The program is still starting.</source>
        <translation>程式仍在啟動。</translation>
    </message>
    <message>
        <source>Ask for something, or drop files here</source>
        <translation>輸入請求，或把檔案拖到這裡</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>請求</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>附加檔案</translation>
    </message>
    <message>
        <source>Picture of a part of the screen</source>
        <translation>擷取螢幕的一部分</translation>
    </message>
    <message>
        <source>Record from the microphone</source>
        <translation>用麥克風錄音</translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation>送出 (Enter)</translation>
    </message>
    <message>
        <source>You edit an earlier request; the earlier version and its answer stay.</source>
        <translation>你正在修改先前的請求；先前的版本和回答會保留。</translation>
    </message>
    <message>
        <source>Do not edit it</source>
        <translation>不修改</translation>
    </message>
    <message>
        <source>Send after the running request (Enter)</source>
        <translation>在目前的請求之後送出 (Enter)</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>停止 (Esc)</translation>
    </message>
    <message>
        <source>Enter sends this as soon as the running request has ended; Esc stops that one.</source>
        <translation>按 Enter 會在目前的請求結束後送出；按 Esc 停止目前的請求。</translation>
    </message>
    <message>
        <source>Keeping the picture…</source>
        <translation>正在儲存圖片…</translation>
    </message>
    <message>
        <source>Say what to do with it.</source>
        <translation>請說明要如何處理它。</translation>
    </message>
    <message>
        <source>Enter sends, Shift+Enter begins a new line</source>
        <translation>Enter 送出，Shift+Enter 換行</translation>
    </message>
</context>
<context>
    <name>ConversationPage</name>
    <message>
        <source>Conversation</source>
        <translation>對話</translation>
    </message>
    <message>
        <source>Show earlier messages</source>
        <translation>顯示較早的訊息</translation>
    </message>
</context>
<context>
    <name>DeviceBar</name>
    <message>
        <source>Memory taken by models</source>
        <translation>模型佔用的記憶體</translation>
    </message>
    <message>
        <source>No model is in memory.</source>
        <translation>記憶體中沒有模型。</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>{device}: {used} of {all} taken by models</source>
        <translation>{device}：模型佔用 {used}，共 {all}</translation>
    </message>
    <message>
        <source>{size}, at work</source>
        <translation>{size}，使用中</translation>
    </message>
    <message>
        <source>Put {name} out of memory</source>
        <translation>將 {name} 移出記憶體</translation>
    </message>
    <message>
        <source>{name} is at work; it can be put out of memory when it has ended.</source>
        <translation>{name} 正在工作；結束後才能移出記憶體。</translation>
    </message>
</context>
<context>
    <name>DocumentCard</name>
    <message>
        <source>Document {name}</source>
        <translation>文件 {name}</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 頁</translation>
    </message>
    <message>
        <source>{count} pages</source>
        <translation>{count} 頁</translation>
    </message>
    <message>
        <source>All {count} pages</source>
        <translation>全部 {count} 頁</translation>
    </message>
</context>
<context>
    <name>DocumentViewer</name>
    <message>
        <source>Page of {name}</source>
        <translation>{name} 的頁面</translation>
    </message>
    <message>
        <source>Reading the document…</source>
        <translation>正在讀取文件…</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>頁面</translation>
    </message>
    <message>
        <source>Page before (PgUp)</source>
        <translation>上一頁（PgUp）</translation>
    </message>
    <message>
        <source>Next page (PgDown)</source>
        <translation>下一頁（PgDown）</translation>
    </message>
    <message>
        <source>Zoom out (-)</source>
        <translation>縮小（-）</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>放大（+）</translation>
    </message>
    <message>
        <source>Fit into the window (0)</source>
        <translation>符合視窗大小（0）</translation>
    </message>
</context>
<context>
    <name>DownloadQueue</name>
    <message>
        <source>Downloads</source>
        <translation>下載</translation>
    </message>
    <message>
        <source>Waits for the download before it.</source>
        <translation>等待前一個下載。</translation>
    </message>
    <message>
        <source>Paused; what has arrived is kept.</source>
        <translation>已暫停；已下載的部分會保留。</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在連線…</translation>
    </message>
    <message>
        <source>{done} of {all}</source>
        <translation>{done}，共 {all}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩餘 {time}</translation>
    </message>
    <message>
        <source>{size} free on the disk</source>
        <translation>磁碟剩餘 {size}</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>What would you like to do?</source>
        <translation>你想做什麼？</translation>
    </message>
    <message>
        <source>Ask anything, or drop pictures, recordings and texts here. Nothing leaves this computer.</source>
        <translation>儘管提問，或把圖片、錄音和文字拖到這裡。任何內容都不會離開這台電腦。</translation>
    </message>
</context>
<context>
    <name>FileActions</name>
    <message>
        <source>Open</source>
        <translation>開啟</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存新檔…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在資料夾中顯示</translation>
    </message>
    <message>
        <source>Use in the next request</source>
        <translation>用於下一個請求</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已儲存為 {name}。</translation>
    </message>
    <message>
        <source>The folder of {name} could not be opened.</source>
        <translation>無法開啟 {name} 所在的資料夾。</translation>
    </message>
    <message>
        <source>It is {folder}.</source>
        <translation>位置是 {folder}。</translation>
    </message>
</context>
<context>
    <name>FileView</name>
    <message>
        <source>File {name}</source>
        <translation>檔案 {name}</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在此對話中尋找</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一個符合項目</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一個符合項目</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>關閉搜尋</translation>
    </message>
    <message>
        <source>{place} of {count}</source>
        <translation>第 {place} 個，共 {count} 個</translation>
    </message>
    <message>
        <source>Looking further up…</source>
        <translation>正在往上尋找…</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>找不到</translation>
    </message>
</context>
<context>
    <name>FirstStart</name>
    <message>
        <source>Fetching {model}</source>
        <translation>正在下載 {model}</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就緒</translation>
    </message>
</context>
<context>
    <name>ImageViewer</name>
    <message>
        <source>The original</source>
        <translation>原圖</translation>
    </message>
    <message>
        <source>Reading the picture…</source>
        <translation>正在讀取圖片…</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>方框</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>原圖</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>並排</translation>
    </message>
    <message>
        <source>Zoom out (-)</source>
        <translation>縮小（-）</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>放大（+）</translation>
    </message>
    <message>
        <source>Fit into the window (0)</source>
        <translation>符合視窗大小（0）</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>About {metres} m away</source>
        <translation>距離約 {metres} 公尺</translation>
    </message>
    <message>
        <source>Picture {name}</source>
        <translation>圖片 {name}</translation>
    </message>
    <message>
        <source>This picture cannot be read.</source>
        <translation>無法讀取這張圖片。</translation>
    </message>
</context>
<context>
    <name>LargePlan</name>
    <message>
        <source>Plan</source>
        <translation>計畫</translation>
    </message>
    <message>
        <source>Ctrl and the wheel zoom, dragging moves, the arrow keys go from task to task.</source>
        <translation>Ctrl 加滾輪可縮放，拖曳可移動，方向鍵可在工作之間切換。</translation>
    </message>
</context>
<context>
    <name>LevelMeter</name>
    <message>
        <source>Loudness</source>
        <translation>音量</translation>
    </message>
</context>
<context>
    <name>LibraryDesk</name>
    <message>
        <source>This conversation has a request under way.</source>
        <translation>這個對話有請求正在進行。</translation>
    </message>
    <message>
        <source>Stop it, or wait until it has ended; then delete the conversation.</source>
        <translation>請停止它，或等它結束後再刪除對話。</translation>
    </message>
    <message>
        <source>“{title}” is deleted.</source>
        <translation>已刪除「{title}」。</translation>
    </message>
    <message>
        <source>{count} conversations are deleted.</source>
        <translation>已刪除 {count} 個對話。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>{count} conversations are exported to {place}.</source>
        <translation>已將 {count} 個對話匯出到 {place}。</translation>
    </message>
    <message>
        <source>Exported to {place}.</source>
        <translation>已匯出到 {place}。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>New conversation</source>
        <translation>新對話</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>標題</translation>
    </message>
    <message>
        <source>Show or hide the conversations</source>
        <translation>顯示或隱藏對話列表</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>淺色或深色</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Workflows</source>
        <translation>工作流程</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就緒</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>指令面板</translation>
    </message>
    <message>
        <source>First start</source>
        <translation>首次啟動</translation>
    </message>
    <message>
        <source>The program could not start.</source>
        <translation>程式無法啟動。</translation>
    </message>
    <message>
        <source>Not started</source>
        <translation>未啟動</translation>
    </message>
    <message>
        <source>All starter models are here. Ask for something, or try one of the samples.</source>
        <translation>入門模型已齊備。請提出請求，或試試其中一個範例。</translation>
    </message>
    <message>
        <source>The program is starting anew with these settings.</source>
        <translation>程式正以這些設定重新啟動。</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在啟動…</translation>
    </message>
    <message>
        <source>A request or a download is under way; try again when it has ended.</source>
        <translation>有請求或下載正在進行；結束後請再試一次。</translation>
    </message>
    <message>
        <source>Open: {title}</source>
        <translation>開啟：{title}</translation>
    </message>
    <message>
        <source>Change: {name}</source>
        <translation>變更：{name}</translation>
    </message>
    <message>
        <source>The batch has ended</source>
        <translation>批次已結束</translation>
    </message>
    <message>
        <source>A request</source>
        <translation>一個請求</translation>
    </message>
    <message>
        <source>Ended after {time}.</source>
        <translation>{time} 後結束。</translation>
    </message>
    <message>
        <source>The window changes when the running request has ended.</source>
        <translation>視窗會在目前的請求結束後變更。</translation>
    </message>
</context>
<context>
    <name>MemoryBars</name>
    <message>
        <source>Free the memory</source>
        <translation>釋放記憶體</translation>
    </message>
</context>
<context>
    <name>ModelDetails</name>
    <message>
        <source>Download of this model</source>
        <translation>此模型的下載</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>下載</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暫停</translation>
    </message>
    <message>
        <source>Plan with this one</source>
        <translation>用它來規劃</translation>
    </message>
    <message>
        <source>Check its files</source>
        <translation>檢查檔案</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Fetch damaged files</source>
        <translation>下載損壞的檔案</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>繼續</translation>
    </message>
    <message>
        <source>yes, every file</source>
        <translation>是，所有檔案</translation>
    </message>
    <message>
        <source>not every file</source>
        <translation>並非所有檔案</translation>
    </message>
    <message>
        <source>Does</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下載大小</translation>
    </message>
    <message>
        <source>none</source>
        <translation>無</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>授權</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>語言</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任何</translation>
    </message>
    <message>
        <source>Meant for</source>
        <translation>適用於</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>a graphics card of {size} GB</source>
        <translation>{size} GB 的顯示卡</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>來源</translation>
    </message>
    <message>
        <source>It plans now</source>
        <translation>目前由它規劃</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>這台電腦</translation>
    </message>
    <message>
        <source>Checksums known</source>
        <translation>已知檢查碼</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>fetching</source>
        <translation>下載中</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暫停</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>lacks a library</source>
        <translation>缺少程式庫</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>fits when others leave</source>
        <translation>其他模型退出後可用</translation>
    </message>
    <message>
        <source>fits with offload</source>
        <translation>卸載部分後可用</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>太大</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Search models by name, task, language or licence</source>
        <translation>以名稱、工作、語言或授權搜尋模型</translation>
    </message>
    <message>
        <source>Only models for this task</source>
        <translation>只顯示此工作的模型</translation>
    </message>
    <message>
        <source>All tasks</source>
        <translation>所有工作</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安裝</translation>
    </message>
    <message>
        <source>Fits this machine</source>
        <translation>適合這台電腦</translation>
    </message>
    <message>
        <source>Import from a folder…</source>
        <translation>從資料夾匯入…</translation>
    </message>
    <message>
        <source>{shown} of {all} models</source>
        <translation>{shown} 個模型，共 {all} 個</translation>
    </message>
    <message>
        <source>No model matches. Try other words, or take a filter away.</source>
        <translation>沒有符合的模型。請換個字詞，或移除一個篩選條件。</translation>
    </message>
    <message>
        <source>{name} is installed.</source>
        <translation>{name} 已安裝。</translation>
    </message>
    <message>
        <source>Removed {name}.</source>
        <translation>已移除 {name}。</translation>
    </message>
    <message>
        <source>{size} become free when this goes.</source>
        <translation>此訊息消失後會釋出 {size}。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>Files of {model} are damaged.</source>
        <translation>{model} 的檔案已損壞。</translation>
    </message>
    <message>
        <source>“Fetch damaged files” beside the list brings them, and nothing else.</source>
        <translation>清單旁的「下載損壞的檔案」只會重新取得這些檔案。</translation>
    </message>
    <message>
        <source>All files of {model} are as they should be.</source>
        <translation>{model} 的所有檔案都正確。</translation>
    </message>
    <message>
        <source>The files of {name} are being checked…</source>
        <translation>正在檢查 {name} 的檔案…</translation>
    </message>
    <message>
        <source>{name}: {share} checked</source>
        <translation>{name}：已檢查 {share}</translation>
    </message>
    <message>
        <source>The next request is planned with it.</source>
        <translation>下一個請求會用它來規劃。</translation>
    </message>
    <message>
        <source>Let go to import</source>
        <translation>放開即可匯入</translation>
    </message>
    <message>
        <source>{count} models imported: {models}</source>
        <translation>已匯入 {count} 個模型：{models}</translation>
    </message>
    <message>
        <source>Imported: {models}</source>
        <translation>已匯入：{models}</translation>
    </message>
    <message>
        <source>The models are being copied and checked…</source>
        <translation>正在複製並檢查模型…</translation>
    </message>
</context>
<context>
    <name>OfficeCard</name>
    <message>
        <source>Document {name}</source>
        <translation>文件 {name}</translation>
    </message>
    <message>
        <source>1 slide</source>
        <translation>1 張投影片</translation>
    </message>
    <message>
        <source>{count} slides</source>
        <translation>{count} 張投影片</translation>
    </message>
    <message>
        <source>There is no text in it.</source>
        <translation>裡面沒有文字。</translation>
    </message>
    <message>
        <source>Show the whole text</source>
        <translation>顯示全文</translation>
    </message>
</context>
<context>
    <name>PageButton</name>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 頁</translation>
    </message>
</context>
<context>
    <name>PagesModel</name>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 頁</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Command palette</source>
        <translation>指令面板</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>你要做什麼？</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Nothing by that name.</source>
        <translation>沒有這個名稱。</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Show it large</source>
        <translation>放大顯示</translation>
    </message>
    <message>
        <source>Picture {name}</source>
        <translation>圖片 {name}</translation>
    </message>
    <message>
        <source>Not readable</source>
        <translation>無法讀取</translation>
    </message>
</context>
<context>
    <name>PlanEditor</name>
    <message>
        <source>Plan to approve</source>
        <translation>待核准的計畫</translation>
    </message>
    <message>
        <source>Run this plan</source>
        <translation>執行此計畫</translation>
    </message>
    <message>
        <source>Do not run it</source>
        <translation>不執行</translation>
    </message>
    <message>
        <source>Add a task</source>
        <translation>新增工作</translation>
    </message>
    <message>
        <source>Shall this plan run?</source>
        <translation>要執行這個計畫嗎？</translation>
    </message>
    <message>
        <source>The plan has no tasks.</source>
        <translation>計畫中沒有工作。</translation>
    </message>
    <message>
        <source>no model installed</source>
        <translation>未安裝模型</translation>
    </message>
    <message>
        <source>About {time}, by what these models took before.</source>
        <translation>依這些模型先前所需，約 {time}。</translation>
    </message>
    <message>
        <source>How long it takes is not known yet: not all of it has run here before.</source>
        <translation>尚不知需要多久：其中有些工作還沒有在這裡執行過。</translation>
    </message>
    <message>
        <source>Will leave the memory: {models}.</source>
        <translation>將退出記憶體：{models}。</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>the GPU {name}</source>
        <translation>GPU {name}</translation>
    </message>
    <message>
        <source>This plan does not fit: {model} takes {needed}, and models may take {free} on {device}.</source>
        <translation>這份計畫放不下：{model} 需要 {needed}，而模型在 {device} 上可用 {free}。</translation>
    </message>
    <message>
        <source>Choose a smaller model, or set `memory_budget_bytes` to {needed} or more in the settings.</source>
        <translation>請改選較小的模型，或在設定中把 `memory_budget_bytes` 設為 {needed} 以上。</translation>
    </message>
    <message>
        <source>Choose a smaller model, or in the settings “CPU” as `device`, or {needed} or more as `memory_budget_bytes`.</source>
        <translation>請改選較小的模型，或在設定中把 `device` 設為「CPU」，或把 `memory_budget_bytes` 設為 {needed} 以上。</translation>
    </message>
    <message>
        <source>The plan fits with its models loaded in turn: together they would take {all}, and models may take {free} on {device}; the largest takes {needed}. Where this machine has that much, {all} as `memory_budget_bytes` in the settings keeps all loaded.</source>
        <translation>這份計畫放得下，但模型會輪流載入：合計需要 {all}，而模型在 {device} 上可用 {free}；最大的需要 {needed}。若這台機器有足夠的記憶體，在設定中把 `memory_budget_bytes` 設為 {all} 即可全部保持載入。</translation>
    </message>
    <message>
        <source>The plan fits: all its models together take {all}; models may take {free} on {device}.</source>
        <translation>這份計畫放得下：所有模型合計需要 {all}；模型在 {device} 上可用 {free}。</translation>
    </message>
    <message>
        <source>Remove this task</source>
        <translation>移除此工作</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model of this task</source>
        <translation>此工作的模型</translation>
    </message>
    <message>
        <source>{name} (optional)</source>
        <translation>{name}（選填）</translation>
    </message>
    <message>
        <source>Result of {number}. {task}</source>
        <translation>{number}. {task} 的結果</translation>
    </message>
</context>
<context>
    <name>PlanGraph</name>
    <message>
        <source>Plan as a graph</source>
        <translation>計畫圖</translation>
    </message>
</context>
<context>
    <name>PlanPanel</name>
    <message>
        <source>Plan</source>
        <translation>計畫</translation>
    </message>
    <message>
        <source>Show the plan large</source>
        <translation>放大顯示計畫</translation>
    </message>
    <message>
        <source>Fold the plan</source>
        <translation>收合計畫</translation>
    </message>
    <message>
        <source>The plan is being made</source>
        <translation>正在擬定計畫</translation>
    </message>
    <message>
        <source>The first plan takes longest: the language model reads what it can plan with.</source>
        <translation>第一個計畫最花時間：語言模型要先讀過它能用來規劃的內容。</translation>
    </message>
    <message>
        <source>Working out a plan</source>
        <translation>正在擬定計畫</translation>
    </message>
    <message>
        <source>Show the plan</source>
        <translation>顯示計畫</translation>
    </message>
    <message>
        <source>{done} of {all} done</source>
        <translation>已完成 {done}，共 {all}</translation>
    </message>
</context>
<context>
    <name>PlayerViewer</name>
    <message>
        <source>Whole screen (F11)</source>
        <translation>全螢幕（F11）</translation>
    </message>
</context>
<context>
    <name>PrivacyCard</name>
    <message>
        <source>Privacy storage folders network connection</source>
        <translation>隱私 儲存 資料夾 網路 連線</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隱私</translation>
    </message>
    <message>
        <source>Requests, files, plans and answers stay on this computer. The program opens a connection only while it fetches models that you asked for. The processes that run the models open none.</source>
        <translation>請求、檔案、計畫和回答都留在這台電腦上。程式只在下載你要求的模型時才會連線。執行模型的程序不會開啟任何連線。</translation>
    </message>
    <message>
        <source>Look now</source>
        <translation>立即查看</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Results, a folder for each run</source>
        <translation>結果，每次執行一個資料夾</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>對話</translation>
    </message>
    <message>
        <source>Pasted pictures and recordings</source>
        <translation>貼上的圖片與錄音</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>記錄檔</translation>
    </message>
    <message>
        <source>What can be made anew at any time</source>
        <translation>可隨時重新產生的內容</translation>
    </message>
    <message>
        <source>Show in folder: {name}</source>
        <translation>在資料夾中顯示：{name}</translation>
    </message>
    <message>
        <source>Open now: {where}</source>
        <translation>目前開啟：{where}</translation>
    </message>
    <message>
        <source>Right now no connection is open.</source>
        <translation>目前沒有開啟任何連線。</translation>
    </message>
</context>
<context>
    <name>ProblemCard</name>
    <message>
        <source>Dismiss</source>
        <translation>關閉</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>尋找於(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>檔案類型(&amp;T)：</translation>
    </message>
</context>
<context>
    <name>Recording</name>
    <message>
        <source>The recording broke off because it could not be written.</source>
        <translation>錄音中斷，因為無法寫入檔案。</translation>
    </message>
    <message>
        <source>Free some room on the disk; what was recorded until then is attached.</source>
        <translation>請清出磁碟空間；到中斷為止的錄音已附加。</translation>
    </message>
    <message>
        <source>Nothing comes from the microphone any more; the recording was ended.</source>
        <translation>麥克風不再傳來任何聲音；錄音已結束。</translation>
    </message>
    <message>
        <source>Is it still connected? See the sound settings.</source>
        <translation>它還接著嗎？請查看聲音設定。</translation>
    </message>
</context>
<context>
    <name>RecordingStrip</name>
    <message>
        <source>Recording</source>
        <translation>錄音中</translation>
    </message>
    <message>
        <source>Stop and attach</source>
        <translation>停止並附加</translation>
    </message>
    <message>
        <source>Ends the recording and attaches it</source>
        <translation>結束錄音並附加</translation>
    </message>
    <message>
        <source>Discard the recording</source>
        <translation>捨棄錄音</translation>
    </message>
    <message>
        <source>The system does not let this program use the microphone.</source>
        <translation>系統不允許本程式使用麥克風。</translation>
    </message>
    <message>
        <source>Allow it in the system&apos;s privacy settings, and try again.</source>
        <translation>請在系統的隱私權設定中允許，然後再試一次。</translation>
    </message>
    <message>
        <source>The recording could not be begun.</source>
        <translation>無法開始錄音。</translation>
    </message>
    <message>
        <source>Is there room on the disk? Its folder is {folder}.</source>
        <translation>磁碟還有空間嗎？資料夾是 {folder}。</translation>
    </message>
    <message>
        <source>Nothing came from the microphone.</source>
        <translation>麥克風沒有傳來任何聲音。</translation>
    </message>
    <message>
        <source>Is it muted or switched off? See the sound settings.</source>
        <translation>是否設為靜音或已關閉？請查看音效設定。</translation>
    </message>
</context>
<context>
    <name>RegionPicker</name>
    <message>
        <source>This desktop does not let programs take pictures of the screen.</source>
        <translation>這個桌面環境不允許程式擷取螢幕畫面。</translation>
    </message>
    <message>
        <source>Take it with the desktop&apos;s own tool, and paste it here with Ctrl+V.</source>
        <translation>請用桌面內建的工具擷取，再以 Ctrl+V 貼到這裡。</translation>
    </message>
</context>
<context>
    <name>RequestQueue</name>
    <message>
        <source>and {count} more</source>
        <translation>還有 {count} 個</translation>
    </message>
    <message>
        <source>Send none of them</source>
        <translation>全部不送出</translation>
    </message>
    <message>
        <source>Next: {text}</source>
        <translation>接下來：{text}</translation>
    </message>
    <message>
        <source>Take it back into the composer</source>
        <translation>取回編輯</translation>
    </message>
    <message>
        <source>Do not send it</source>
        <translation>不送出</translation>
    </message>
</context>
<context>
    <name>ScoresView</name>
    <message>
        <source>Scores</source>
        <translation>分數</translation>
    </message>
</context>
<context>
    <name>SetCard</name>
    <message>
        <source>Download of these models</source>
        <translation>這些模型的下載</translation>
    </message>
    <message>
        <source>Get the rest</source>
        <translation>下載其餘模型</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暫停</translation>
    </message>
    <message>
        <source>Do not offer it again</source>
        <translation>不再提示</translation>
    </message>
    <message>
        <source>All models of “{set}” are here.</source>
        <translation>「{set}」的所有模型都已齊備。</translation>
    </message>
    <message>
        <source>The starter models are not all here.</source>
        <translation>入門模型尚未齊備。</translation>
    </message>
    <message>
        <source>“{set}” is not complete.</source>
        <translation>「{set}」尚未完整。</translation>
    </message>
    <message>
        <source>{count} models, {size}</source>
        <translation>{count} 個模型，{size}</translation>
    </message>
    <message>
        <source>{name}, {size}</source>
        <translation>{name}，{size}</translation>
    </message>
    <message>
        <source>{models}; the disk has room for {free}.</source>
        <translation>{models}；磁碟只剩 {free} 的空間。</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在連線…</translation>
    </message>
</context>
<context>
    <name>SettingControls</name>
    <message>
        <source>As the desktop</source>
        <translation>與桌面相同</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>淺色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高對比</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>Run it at once</source>
        <translation>立即執行</translation>
    </message>
    <message>
        <source>Ask when it is long or costly</source>
        <translation>耗時或耗資源時詢問</translation>
    </message>
    <message>
        <source>Always ask</source>
        <translation>一律詢問</translation>
    </message>
    <message>
        <source>The best installed one</source>
        <translation>已安裝中最好的</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分鐘</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>First GPU</source>
        <translation>第一個 GPU</translation>
    </message>
    <message>
        <source>Until its room is needed</source>
        <translation>直到需要空間</translation>
    </message>
    <message>
        <source>Allowed</source>
        <translation>允許</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜尋設定</translation>
    </message>
    <message>
        <source>No setting by that name.</source>
        <translation>沒有這個設定。</translation>
    </message>
    <message>
        <source>Looks</source>
        <translation>外觀</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>語言</translation>
    </message>
    <message>
        <source>Of the window; requests may be in any.</source>
        <translation>視窗的語言；請求可用任何語言。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>佈景</translation>
    </message>
    <message>
        <source>Light, dark, or with strong contrasts.</source>
        <translation>淺色、深色或強烈對比。</translation>
    </message>
    <message>
        <source>Font size</source>
        <translation>字型大小</translation>
    </message>
    <message>
        <source>Of all texts in the window.</source>
        <translation>視窗中所有文字的大小。</translation>
    </message>
    <message>
        <source>Icon in the tray</source>
        <translation>系統匣圖示</translation>
    </message>
    <message>
        <source>It tells you when a long request or a batch has ended while you work elsewhere.</source>
        <translation>當你在別處工作時，它會告訴你耗時的請求或批次已結束。</translation>
    </message>
    <message>
        <source>Plans</source>
        <translation>計畫</translation>
    </message>
    <message>
        <source>Before a plan runs</source>
        <translation>執行計畫之前</translation>
    </message>
    <message>
        <source>When asked, you can change tasks, models and arguments first.</source>
        <translation>詢問時，你可以先修改工作、模型和參數。</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>語言模型</translation>
    </message>
    <message>
        <source>It plans, chooses models and writes answers.</source>
        <translation>負責規劃、選擇模型並撰寫回答。</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>候選模型</translation>
    </message>
    <message>
        <source>How many models the language model chooses among for a task.</source>
        <translation>語言模型為一個工作從多少個模型中選擇。</translation>
    </message>
    <message>
        <source>Models and memory</source>
        <translation>模型與記憶體</translation>
    </message>
    <message>
        <source>Models folder</source>
        <translation>模型資料夾</translation>
    </message>
    <message>
        <source>Where models live; those in the folder before stay there.</source>
        <translation>模型存放的位置；先前資料夾中的模型會留在原處。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>裝置</translation>
    </message>
    <message>
        <source>Where models run.</source>
        <translation>模型執行的地方。</translation>
    </message>
    <message>
        <source>Memory budget</source>
        <translation>記憶體上限</translation>
    </message>
    <message>
        <source>What all models together may take; others leave when one needs room.</source>
        <translation>所有模型合計可用的量；需要空間時，其他模型會退出。</translation>
    </message>
    <message>
        <source>Reserve</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Memory that is left to other programs.</source>
        <translation>留給其他程式的記憶體。</translation>
    </message>
    <message>
        <source>Keep alive</source>
        <translation>保持載入</translation>
    </message>
    <message>
        <source>How long a model that nobody uses stays in memory.</source>
        <translation>閒置的模型留在記憶體中的時間。</translation>
    </message>
    <message>
        <source>Kept results</source>
        <translation>保存的結果</translation>
    </message>
    <message>
        <source>Disk room for results that are used again instead of being made anew.</source>
        <translation>用於重複使用結果、避免重新產生的磁碟空間。</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Tokens that the language model can see at once; more takes more memory.</source>
        <translation>語言模型一次能看到的詞元數；越多佔用越多記憶體。</translation>
    </message>
    <message>
        <source>Time limit of a task</source>
        <translation>工作時限</translation>
    </message>
    <message>
        <source>A task that runs longer is ended.</source>
        <translation>超過時限的工作會被結束。</translation>
    </message>
    <message>
        <source>Time limit of loading</source>
        <translation>載入的時間上限</translation>
    </message>
    <message>
        <source>A model that takes longer to load, without a sign of life, is given up.</source>
        <translation>模型載入超過這段時間且毫無動靜時，就會放棄載入。</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下載</translation>
    </message>
    <message>
        <source>Whether models may be fetched at all.</source>
        <translation>是否允許下載模型。</translation>
    </message>
    <message>
        <source>“{name}”</source>
        <translation>「{name}」</translation>
    </message>
    <message>
        <source>Apply it now</source>
        <translation>立即套用</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>All settings are as they were at first.</source>
        <translation>所有設定已回復為最初的狀態。</translation>
    </message>
    <message>
        <source>The settings of {name} are in use.</source>
        <translation>已採用 {name} 的設定。</translation>
    </message>
    <message>
        <source>All settings</source>
        <translation>所有設定</translation>
    </message>
    <message>
        <source>What was changed here counts from the next start of the program.</source>
        <translation>這裡更改的內容會在下次啟動程式時生效。</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>匯出…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>匯入…</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重設</translation>
    </message>
    <message>
        <source>All settings export import reset</source>
        <translation>所有設定 匯出 匯入 重設</translation>
    </message>
    <message>
        <source>Kept; it counts from the next start of the program.</source>
        <translation>已保存；下次啟動程式時生效。</translation>
    </message>
    <message>
        <source>The settings cannot be kept in {place}.</source>
        <translation>無法將設定存到 {place}。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>請選擇其他資料夾。</translation>
    </message>
    <message>
        <source>The settings are kept in {name}.</source>
        <translation>設定已存到 {name}。</translation>
    </message>
</context>
<context>
    <name>ShortcutCard</name>
    <message>
        <source>Keyboard shortcuts keys commands</source>
        <translation>鍵盤快速鍵 按鍵 命令</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>鍵盤快速鍵</translation>
    </message>
    <message>
        <source>Click a field and press other keys; Backspace takes them away.</source>
        <translation>點選欄位並按下其他按鍵；按 Backspace 可取消。</translation>
    </message>
    <message>
        <source>Keys for: {command}</source>
        <translation>按鍵：{command}</translation>
    </message>
    <message>
        <source>The usual keys for: {command}</source>
        <translation>恢復預設按鍵：{command}</translation>
    </message>
    <message>
        <source>These keys call “{command}” already.</source>
        <translation>這些按鍵已用於「{command}」。</translation>
    </message>
    <message>
        <source>These keys write text; take Ctrl, Alt or a function key with them.</source>
        <translation>這些按鍵會輸入文字；請加上 Ctrl、Alt 或使用功能鍵。</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>鍵盤快速鍵</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Send the request</source>
        <translation>送出請求</translation>
    </message>
    <message>
        <source>Shift+Enter</source>
        <translation>Shift+Enter</translation>
    </message>
    <message>
        <source>New line in the request</source>
        <translation>請求中換行</translation>
    </message>
    <message>
        <source>F2, Del</source>
        <translation>F2、Del</translation>
    </message>
    <message>
        <source>Rename or delete the chosen conversation</source>
        <translation>重新命名或刪除選取的對話</translation>
    </message>
    <message>
        <source>Arrow keys, Enter</source>
        <translation>方向鍵、Enter</translation>
    </message>
    <message>
        <source>Move in the plan, show the chosen task</source>
        <translation>在計畫中移動，顯示選取的工作</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>New conversation</source>
        <translation>新對話</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>搜尋對話</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>對話</translation>
    </message>
    <message>
        <source>No conversations yet.</source>
        <translation>還沒有對話。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Workflows</source>
        <translation>工作流程</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已釘選</translation>
    </message>
    <message>
        <source>{count} found</source>
        <translation>找到 {count} 個</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>找不到。</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重新命名…</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消釘選</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>釘選</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>匯出…</translation>
    </message>
    <message>
        <source>Export {count} conversations</source>
        <translation>匯出 {count} 個對話</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>匯入…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>刪除</translation>
    </message>
    <message>
        <source>Delete {count}</source>
        <translation>刪除 {count} 個</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Starting…</source>
        <translation>正在啟動…</translation>
    </message>
    <message>
        <source>What is happening</source>
        <translation>目前狀態</translation>
    </message>
    <message>
        <source>No language model</source>
        <translation>沒有語言模型</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU {device}</source>
        <translation>GPU {device}</translation>
    </message>
    <message>
        <source>Models in memory: {used} of {all}</source>
        <translation>記憶體中的模型：{used}，共 {all}</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>未載入模型。</translation>
    </message>
</context>
<context>
    <name>TableCard</name>
    <message>
        <source>Table {name}</source>
        <translation>表格 {name}</translation>
    </message>
    <message>
        <source>{count} sheets</source>
        <translation>{count} 個工作表</translation>
    </message>
    <message>
        <source>The first sheet is empty.</source>
        <translation>第一個工作表是空的。</translation>
    </message>
    <message>
        <source>First rows of {name}</source>
        <translation>{name} 的前幾列</translation>
    </message>
    <message>
        <source>Show the whole table</source>
        <translation>顯示整個表格</translation>
    </message>
</context>
<context>
    <name>TableModel</name>
    <message>
        <source>Column {number}</source>
        <translation>第 {number} 欄</translation>
    </message>
</context>
<context>
    <name>TableSheet</name>
    <message>
        <source>Numbers of the rows</source>
        <translation>列號</translation>
    </message>
    <message>
        <source>All cells</source>
        <translation>所有儲存格</translation>
    </message>
    <message>
        <source>Names of the columns</source>
        <translation>欄位名稱</translation>
    </message>
</context>
<context>
    <name>TableViewer</name>
    <message>
        <source>Reading the table…</source>
        <translation>正在讀取表格…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Copy the chosen cells (Ctrl+C), or the whole table</source>
        <translation>複製所選儲存格（Ctrl+C），或整個表格</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>尋找</translation>
    </message>
    <message>
        <source>Find in the table</source>
        <translation>在表格中尋找</translation>
    </message>
    <message>
        <source>Sheets</source>
        <translation>工作表</translation>
    </message>
    <message>
        <source>Table {name}</source>
        <translation>表格 {name}</translation>
    </message>
    <message>
        <source>Click a column&apos;s name to sort by it (Ctrl+Shift+S).</source>
        <translation>點選欄位名稱即可排序（Ctrl+Shift+S）。</translation>
    </message>
    <message>
        <source>Only the first 50 MB are shown; open the file in another program for the rest.</source>
        <translation>只顯示前 50 MB；其餘內容請用其他程式開啟檔案。</translation>
    </message>
    <message>
        <source>“{words}” does not stand in this table.</source>
        <translation>這個表格中沒有「{words}」。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已複製。</translation>
    </message>
</context>
<context>
    <name>TaskInspector</name>
    <message>
        <source>About this task</source>
        <translation>關於此工作</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>關閉</translation>
    </message>
    <message>
        <source>Model for the next run</source>
        <translation>下次執行的模型</translation>
    </message>
    <message>
        <source>Run again from here</source>
        <translation>從這裡重新執行</translation>
    </message>
    <message>
        <source>With this model</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>What goes in</source>
        <translation>輸入</translation>
    </message>
    <message>
        <source>What came out</source>
        <translation>輸出</translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation>還沒有。</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>紀錄</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Task type</source>
        <translation>工作類型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Why this model</source>
        <translation>為何選此模型</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>候選模型</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>reused</source>
        <translation>沿用先前結果</translation>
    </message>
    <message>
        <source>{run}, after {load} of loading</source>
        <translation>{run}，載入 {load}</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>記憶體</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>嘗試次數</translation>
    </message>
    <message>
        <source>Provenance</source>
        <translation>來源紀錄</translation>
    </message>
    <message>
        <source>Task {number}, {task}, by {model}</source>
        <translation>工作 {number}，{task}，由 {model} 完成</translation>
    </message>
    <message>
        <source>Seed {seed}</source>
        <translation>種子 {seed}</translation>
    </message>
    <message>
        <source>Result of task {number}</source>
        <translation>工作 {number} 的結果</translation>
    </message>
</context>
<context>
    <name>TaskRow</name>
    <message>
        <source>from {tasks}</source>
        <translation>來自 {tasks}</translation>
    </message>
    <message>
        <source>Progress of task {number}</source>
        <translation>工作 {number} 的進度</translation>
    </message>
    <message>
        <source>Loading the model, {size}</source>
        <translation>正在載入模型，{size}</translation>
    </message>
    <message>
        <source>reused</source>
        <translation>沿用先前結果</translation>
    </message>
</context>
<context>
    <name>TextBlock</name>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
</context>
<context>
    <name>TextView</name>
    <message>
        <source>Show the whole text</source>
        <translation>顯示全文</translation>
    </message>
    <message>
        <source>Show only the first words</source>
        <translation>只顯示開頭</translation>
    </message>
    <message>
        <source>Text of {name}</source>
        <translation>{name} 的文字</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>顯示全文</translation>
    </message>
    <message>
        <source>Show as a table</source>
        <translation>以表格顯示</translation>
    </message>
</context>
<context>
    <name>TextViewer</name>
    <message>
        <source>Text of {name}</source>
        <translation>{name} 的文字</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>尋找</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在文字中尋找</translation>
    </message>
    <message>
        <source>Next place (F3)</source>
        <translation>下一處（F3）</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>全部複製</translation>
    </message>
    <message>
        <source>Show as a table</source>
        <translation>以表格顯示</translation>
    </message>
    <message>
        <source>Reading the text…</source>
        <translation>正在讀取文字…</translation>
    </message>
    <message>
        <source>{count} characters</source>
        <translation>{count} 個字元</translation>
    </message>
    <message>
        <source>Only the first 50 MB are shown; open the file in another program for the rest.</source>
        <translation>只顯示前 50 MB；其餘內容請用其他程式開啟檔案。</translation>
    </message>
    <message>
        <source>“{words}” does not stand in this text.</source>
        <translation>這份文字中沒有「{words}」。</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Do something about it</source>
        <translation>處理</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>關閉</translation>
    </message>
</context>
<context>
    <name>UserMessage</name>
    <message>
        <source>You: {text}</source>
        <translation>你：{text}</translation>
    </message>
    <message>
        <source>Your request</source>
        <translation>你的請求</translation>
    </message>
    <message>
        <source>Earlier version</source>
        <translation>較早的版本</translation>
    </message>
    <message>
        <source>Later version</source>
        <translation>較晚的版本</translation>
    </message>
    <message>
        <source>Edit and send again</source>
        <translation>修改後再送出</translation>
    </message>
    <message>
        <source>Copy the request</source>
        <translation>複製請求</translation>
    </message>
</context>
<context>
    <name>VideoPlayer</name>
    <message>
        <source>Pictures of {name}</source>
        <translation>{name} 的畫面</translation>
    </message>
    <message>
        <source>Film {name}</source>
        <translation>影片 {name}</translation>
    </message>
    <message>
        <source>This film cannot be shown here; open it in another program.</source>
        <translation>這部影片無法在此播放；請用其他程式開啟。</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Dismiss</source>
        <translation>關閉</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Welcome to HGPT Desktop</source>
        <translation>歡迎使用 HGPT Desktop</translation>
    </message>
    <message>
        <source>A language model on this computer plans your request, expert models carry it out. The models are fetched once; after that no network is needed, and nothing leaves this computer.</source>
        <translation>這台電腦上的語言模型會規劃你的請求，再由專家模型執行。模型只需下載一次；之後不需要網路，任何內容都不會離開這台電腦。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>語言</translation>
    </message>
    <message>
        <source>Set of models to fetch</source>
        <translation>要下載的模型組合</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>其他資料夾…</translation>
    </message>
    <message>
        <source>Download of the starter models</source>
        <translation>入門模型的下載</translation>
    </message>
    <message>
        <source>Fetch the starter models</source>
        <translation>下載入門模型</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暫停</translation>
    </message>
    <message>
        <source>Import from a folder…</source>
        <translation>從資料夾匯入…</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暫時不要</translation>
    </message>
    <message>
        <source>{set}: {count} models, {size}, about {time}</source>
        <translation>{set}：{count} 個模型，{size}，約 {time}</translation>
    </message>
    <message>
        <source>Starter</source>
        <translation>入門</translation>
    </message>
    <message>
        <source>Starter and speech</source>
        <translation>入門與語音</translation>
    </message>
    <message>
        <source>Starter and pictures</source>
        <translation>入門與圖片</translation>
    </message>
    <message>
        <source>Everything for 24 GB</source>
        <translation>24 GB 全套</translation>
    </message>
    <message>
        <source>{count} models, the starter models first, {size}</source>
        <translation>{count} 個模型（先下載入門模型），{size}</translation>
    </message>
    <message>
        <source>{count} starter models, {size}</source>
        <translation>{count} 個入門模型，{size}</translation>
    </message>
    <message>
        <source>{models} and {count} more</source>
        <translation>{models} 及其他 {count} 個</translation>
    </message>
    <message>
        <source>Fetch these models</source>
        <translation>下載這些模型</translation>
    </message>
    <message>
        <source>About {time} at {speed}.</source>
        <translation>以 {speed} 計，約需 {time}。</translation>
    </message>
    <message>
        <source>They are kept in {folder}, where {free} are free.</source>
        <translation>存放在 {folder}，可用空間 {free}。</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>the GPU {name}</source>
        <translation>GPU {name}</translation>
    </message>
    <message>
        <source>This computer: models run on {device} and may take {size} of memory together.</source>
        <translation>這台電腦：模型在 {device} 上執行，合計可使用 {size} 記憶體。</translation>
    </message>
    <message>
        <source>This set fits: its largest model takes {size}.</source>
        <translation>這組模型放得下：最大的模型需要 {size}。</translation>
    </message>
    <message>
        <source>Its largest model takes {size} and will not fit; close other programs.</source>
        <translation>最大的模型需要 {size}，放不下；請關閉其他程式。</translation>
    </message>
    <message>
        <source>The disk has not enough room for the starter models.</source>
        <translation>磁碟空間不足以存放入門模型。</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk.</source>
        <translation>請騰出空間，或選擇其他磁碟上的資料夾。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>再檢查一次</translation>
    </message>
    <message>
        <source>; {arrived} are here already</source>
        <translation>；其中 {arrived} 已下載</translation>
    </message>
    <message>
        <source>{done} of {all}</source>
        <translation>{done}，共 {all}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩餘 {time}</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在連線…</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>繼續</translation>
    </message>
    <message>
        <source>Paused; what has arrived is kept</source>
        <translation>已暫停；已下載的部分會保留</translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>New conversation</source>
        <translation>新對話</translation>
    </message>
    <message>
        <source>Find in this conversation</source>
        <translation>在此對話中尋找</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>搜尋所有對話</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>附加檔案</translation>
    </message>
    <message>
        <source>Picture of a part of the screen</source>
        <translation>擷取螢幕的一部分</translation>
    </message>
    <message>
        <source>Record from the microphone</source>
        <translation>用麥克風錄音</translation>
    </message>
    <message>
        <source>Stop the running request</source>
        <translation>停止目前的請求</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Workflows</source>
        <translation>工作流程</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Back to the conversation</source>
        <translation>回到對話</translation>
    </message>
    <message>
        <source>Show or hide the conversations</source>
        <translation>顯示或隱藏對話列表</translation>
    </message>
    <message>
        <source>Export this conversation</source>
        <translation>匯出此對話</translation>
    </message>
    <message>
        <source>Import a conversation</source>
        <translation>匯入對話</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>淺色佈景</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色佈景</translation>
    </message>
    <message>
        <source>High contrast theme</source>
        <translation>高對比佈景</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>指令面板</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>鍵盤快速鍵</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>結束</translation>
    </message>
    <message>
        <source>{what} ({keys})</source>
        <translation>{what}（{keys}）</translation>
    </message>
</context>
<context>
    <name>WorkflowsPage</name>
    <message>
        <source>Workflows</source>
        <translation>工作流程</translation>
    </message>
    <message>
        <source>Plans that you kept. Run one on other files: on one, or on hundreds in one go.</source>
        <translation>你保存的計畫。可用於其他檔案：一個，或一次數百個。</translation>
    </message>
    <message>
        <source>Wants: {files}</source>
        <translation>需要：{files}</translation>
    </message>
    <message>
        <source>Run on files…</source>
        <translation>用於檔案…</translation>
    </message>
    <message>
        <source>Nothing is kept yet</source>
        <translation>還沒有保存任何計畫</translation>
    </message>
    <message>
        <source>Ask for something. Below an answer whose plan you liked, choose “Save as workflow”.</source>
        <translation>請先提出請求。在你喜歡的回答下方，選擇「存成工作流程」。</translation>
    </message>
    <message>
        <source>Ask for something</source>
        <translation>提出請求</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>執行</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重新命名…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>圖片</translation>
    </message>
    <message>
        <source>recording</source>
        <translation>錄音</translation>
    </message>
    <message>
        <source>video</source>
        <translation>影片</translation>
    </message>
    <message>
        <source>document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>{name} takes {count} files at a time.</source>
        <translation>{name} 一次需要 {count} 個檔案。</translation>
    </message>
    <message>
        <source>Choose a multiple of that.</source>
        <translation>請選擇其倍數。</translation>
    </message>
    <message>
        <source>A batch is under way.</source>
        <translation>有批次正在進行。</translation>
    </message>
    <message>
        <source>Wait until it has ended, or stop it on this page.</source>
        <translation>請等它結束，或在此頁停止它。</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>檔案</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒數</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>產生的檔案</translation>
    </message>
    <message>
        <source>The table could not be written to {place}.</source>
        <translation>無法將表格寫入 {place}。</translation>
    </message>
    <message>
        <source>Choose another folder, or make room on the disk.</source>
        <translation>請選擇其他資料夾，或騰出磁碟空間。</translation>
    </message>
    <message>
        <source>Saved as {place}.</source>
        <translation>已存為 {place}。</translation>
    </message>
    <message>
        <source>“{name}” is removed.</source>
        <translation>「{name}」已移除。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>復原</translation>
    </message>
</context>
<context>
    <name>_Pane</name>
    <message>
        <source>Choose a part of the screen</source>
        <translation>選取螢幕的一部分</translation>
    </message>
    <message>
        <source>Drag over what you want · Enter takes the whole screen · Esc leaves</source>
        <translation>拖曳選取範圍 · 按 Enter 擷取整個螢幕 · 按 Esc 離開</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Do not fetch {name}</source>
        <translation>不下載 {name}</translation>
    </message>
    <message>
        <source>Pause {name}</source>
        <translation>暫停 {name}</translation>
    </message>
    <message>
        <source>Go on with {name}</source>
        <translation>繼續 {name}</translation>
    </message>
</context>
<context>
    <name>_UnavailableNote</name>
    <message>
        <source>“{task}” needs a file that is not attached, so it is left out.</source>
        <translation>「{task}」需要未附加的檔案，因此略過。</translation>
    </message>
    <message>
        <source>No model for “{task}” is installed; “{other}” does part of it.</source>
        <translation>沒有安裝「{task}」的模型；由「{other}」完成一部分。</translation>
    </message>
    <message>
        <source>No model for “{task}” is installed, so it is left out.</source>
        <translation>沒有安裝「{task}」的模型，因此略過。</translation>
    </message>
</context>
<context>
    <name>activity</name>
    <message>
        <source>Working out a plan</source>
        <translation>正在擬定計畫</translation>
    </message>
    <message>
        <source>Choosing models</source>
        <translation>正在選擇模型</translation>
    </message>
    <message>
        <source>Plan at work</source>
        <translation>計畫執行中</translation>
    </message>
    <message>
        <source>Writing the answer</source>
        <translation>正在撰寫回答</translation>
    </message>
    <message>
        <source>Loading {model}, {size}</source>
        <translation>正在載入 {model}，{size}</translation>
    </message>
    <message>
        <source>{model} was put out of memory</source>
        <translation>{model} 已退出記憶體</translation>
    </message>
    <message>
        <source>Done in {time}</source>
        <translation>完成，花費 {time}</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Done in part, in {time}</source>
        <translation>部分完成，花費 {time}</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
</context>
<context>
    <name>arguments</name>
    <message>
        <source>Picture</source>
        <translation>圖片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>圖片</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>錄音</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>影片</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>問題</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>語言</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>長度</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>What was said before</source>
        <translation>先前的對話</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>標籤</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>標籤</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>點</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>方框</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>欄</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>指示</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>算式</translation>
    </message>
    <message>
        <source>Kind of calculation</source>
        <translation>計算方式</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>物體</translation>
    </message>
    <message>
        <source>Second picture</source>
        <translation>另一張圖片</translation>
    </message>
    <message>
        <source>Second text</source>
        <translation>另一段文字</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>變更</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>條件</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>時間點</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>數量</translation>
    </message>
    <message>
        <source>End</source>
        <translation>結束</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>What to keep</source>
        <translation>保留的部分</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>類型</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Factor</source>
        <translation>倍率</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒數</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>句數</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>顯示方式</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步數</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>強度</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>門檻</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>聲音</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>寬度</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>字數</translation>
    </message>
</context>
<context>
    <name>basics</name>
    <message>
        <source>Empty the field</source>
        <translation>清空欄位</translation>
    </message>
</context>
<context>
    <name>dialogs</name>
    <message>
        <source>Rename conversation</source>
        <translation>重新命名對話</translation>
    </message>
    <message>
        <source>Title:</source>
        <translation>標題：</translation>
    </message>
    <message>
        <source>Save as workflow</source>
        <translation>存成工作流程</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>名稱：</translation>
    </message>
    <message>
        <source>Rename workflow</source>
        <translation>重新命名工作流程</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Web page with pictures (*.html)</source>
        <translation>含圖片的網頁 (*.html)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Archive with all files (*.zip)</source>
        <translation>含所有檔案的壓縮檔 (*.zip)</translation>
    </message>
    <message>
        <source>Script of hgpt commands (*.sh)</source>
        <translation>hgpt 指令的腳本 (*.sh)</translation>
    </message>
    <message>
        <source>Export conversations to a folder</source>
        <translation>將對話匯出到資料夾</translation>
    </message>
    <message>
        <source>Export conversation</source>
        <translation>匯出對話</translation>
    </message>
    <message>
        <source>Import conversation</source>
        <translation>匯入對話</translation>
    </message>
    <message>
        <source>Exported conversations (*.zip)</source>
        <translation>匯出的對話 (*.zip)</translation>
    </message>
    <message>
        <source>Import models from a folder</source>
        <translation>從資料夾匯入模型</translation>
    </message>
    <message>
        <source>Folder for models</source>
        <translation>模型資料夾</translation>
    </message>
    <message>
        <source>Import settings</source>
        <translation>匯入設定</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>附加檔案</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>儲存副本</translation>
    </message>
</context>
<context>
    <name>files</name>
    <message>
        <source>{name} is no longer there.</source>
        <translation>{name} 已不在原處。</translation>
    </message>
    <message>
        <source>It may have been moved or deleted.</source>
        <translation>它可能已被移動或刪除。</translation>
    </message>
    <message>
        <source>{name} could not be saved.</source>
        <translation>無法儲存 {name}。</translation>
    </message>
    <message>
        <source>Choose a folder that you may write to, with enough room.</source>
        <translation>請選擇可寫入且空間足夠的資料夾。</translation>
    </message>
    <message>
        <source>{name} could not be opened.</source>
        <translation>無法開啟 {name}。</translation>
    </message>
    <message>
        <source>It may have been moved, or no program is set for this kind of file.</source>
        <translation>它可能已被移動，或沒有程式可開啟這種檔案。</translation>
    </message>
</context>
<context>
    <name>fit</name>
    <message>
        <source>Fits: needs {needs} of memory, models may take {has}.</source>
        <translation>可用：需要 {needs} 記憶體，模型可使用 {has}。</translation>
    </message>
    <message>
        <source>Fits when others leave: needs {needs} of memory, models may take {has}.</source>
        <translation>其他模型退出後可用：需要 {needs} 記憶體，模型可使用 {has}。</translation>
    </message>
    <message>
        <source>Fits with offload: needs {needs} of memory, models may take {has}. With parts of it elsewhere it needs {least}, and is slower.</source>
        <translation>卸載部分後可用：需要 {needs} 記憶體，模型可用 {has}。將部分移至他處後需要 {least}，但較慢。</translation>
    </message>
    <message>
        <source>Does not fit: needs {least} of memory, but models may take only {has}.</source>
        <translation>放不下：需要 {least} 記憶體，但模型只能用 {has}。</translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小時 {minutes} 分</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分鐘</translation>
    </message>
    <message>
        <source>many languages</source>
        <translation>多種語言</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>The last seven days</source>
        <translation>過去七天</translation>
    </message>
    <message>
        <source>MMMM yyyy</source>
        <comment>month and year, in the form of QLocale</comment>
        <translation>yyyy年M月</translation>
    </message>
</context>
<context>
    <name>microphone</name>
    <message>
        <source>This machine has no microphone that can be used.</source>
        <translation>這台電腦沒有可用的麥克風。</translation>
    </message>
    <message>
        <source>Connect one and try again, or attach a recording made elsewhere.</source>
        <translation>請接上麥克風再試一次，或附加在別處錄好的錄音。</translation>
    </message>
    <message>
        <source>The microphone could not be opened.</source>
        <translation>無法開啟麥克風。</translation>
    </message>
    <message>
        <source>Another program may hold it, or this one may not use it; see the sound settings.</source>
        <translation>可能被其他程式占用，或本程式沒有使用權限；請查看音效設定。</translation>
    </message>
</context>
<context>
    <name>office</name>
    <message>
        <source>Slide {number}</source>
        <translation>第 {number} 張投影片</translation>
    </message>
</context>
<context>
    <name>pictures</name>
    <message>
        <source>The picture could not be kept.</source>
        <translation>無法儲存圖片。</translation>
    </message>
    <message>
        <source>Is there room on the disk? Its folder is {folder}.</source>
        <translation>磁碟還有空間嗎？資料夾是 {folder}。</translation>
    </message>
</context>
<context>
    <name>plan</name>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>loading the model</source>
        <translation>正在載入模型</translation>
    </message>
    <message>
        <source>running</source>
        <translation>執行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已略過</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
</context>
<context>
    <name>reading</name>
    <message>
        <source>Something went wrong inside the program.</source>
        <translation>程式內部發生錯誤。</translation>
    </message>
    <message>
        <source>The log has the details; the program can go on.</source>
        <translation>詳情請見記錄檔；程式可以繼續使用。</translation>
    </message>
</context>
<context>
    <name>samples</name>
    <message>
        <source>Read a notice</source>
        <translation>讀公告</translation>
    </message>
    <message>
        <source>Read the text in this picture, summarise it and say it aloud</source>
        <translation>讀出這張圖片中的文字，摘要後朗讀出來</translation>
    </message>
    <message>
        <source>Hear a meeting</source>
        <translation>聽會議</translation>
    </message>
    <message>
        <source>Transcribe this and tell me in one sentence what it is about</source>
        <translation>把這段錄音轉成文字，並用一句話告訴我內容</translation>
    </message>
    <message>
        <source>Just ask</source>
        <translation>直接提問</translation>
    </message>
    <message>
        <source>Explain in three sentences why the sky is blue</source>
        <translation>用三句話解釋天空為什麼是藍色的</translation>
    </message>
</context>
<context>
    <name>tables</name>
    <message>
        <source>{rows} rows × {columns} columns</source>
        <translation>{rows} 列 × {columns} 欄</translation>
    </message>
</context>
<context>
    <name>tasks</name>
    <message>
        <source>Find names and terms</source>
        <translation>找出名稱與詞彙</translation>
    </message>
    <message>
        <source>Classify the text</source>
        <translation>文字分類</translation>
    </message>
    <message>
        <source>Rewrite the text</source>
        <translation>改寫文字</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻譯</translation>
    </message>
    <message>
        <source>Answer from the text</source>
        <translation>依文字回答</translation>
    </message>
    <message>
        <source>Talk it over</source>
        <translation>對話</translation>
    </message>
    <message>
        <source>Write a text</source>
        <translation>撰寫文字</translation>
    </message>
    <message>
        <source>Compare sentences</source>
        <translation>比較句子</translation>
    </message>
    <message>
        <source>Turn text into a vector</source>
        <translation>將文字轉成向量</translation>
    </message>
    <message>
        <source>Classify table rows</source>
        <translation>表格列分類</translation>
    </message>
    <message>
        <source>Find objects in the picture</source>
        <translation>找出圖片中的物體</translation>
    </message>
    <message>
        <source>Say what the picture shows</source>
        <translation>辨識圖片內容</translation>
    </message>
    <message>
        <source>Change the picture</source>
        <translation>修改圖片</translation>
    </message>
    <message>
        <source>Describe the picture</source>
        <translation>描述圖片</translation>
    </message>
    <message>
        <source>Outline what is in the picture</source>
        <translation>圈出圖片中的物體</translation>
    </message>
    <message>
        <source>Estimate depth</source>
        <translation>估計深度</translation>
    </message>
    <message>
        <source>Draw a picture</source>
        <translation>繪製圖片</translation>
    </message>
    <message>
        <source>Make a video</source>
        <translation>製作影片</translation>
    </message>
    <message>
        <source>Answer about the picture</source>
        <translation>回答圖片的問題</translation>
    </message>
    <message>
        <source>Answer about the document</source>
        <translation>回答文件的問題</translation>
    </message>
    <message>
        <source>Read the text in the picture</source>
        <translation>讀取圖片中的文字</translation>
    </message>
    <message>
        <source>Say it aloud</source>
        <translation>朗讀</translation>
    </message>
    <message>
        <source>Write down what is said</source>
        <translation>將語音轉成文字</translation>
    </message>
    <message>
        <source>Change the sound</source>
        <translation>處理聲音</translation>
    </message>
    <message>
        <source>Say what the sound is</source>
        <translation>辨識聲音</translation>
    </message>
    <message>
        <source>Choose the fitting label</source>
        <translation>選出合適的標籤</translation>
    </message>
    <message>
        <source>Find a named thing in the picture</source>
        <translation>在圖片中找出指定的東西</translation>
    </message>
    <message>
        <source>Find the joints of people</source>
        <translation>找出人體關節</translation>
    </message>
    <message>
        <source>Make an exact mask</source>
        <translation>製作精確的遮罩</translation>
    </message>
    <message>
        <source>Remove the background</source>
        <translation>去除背景</translation>
    </message>
    <message>
        <source>Repaint a part of the picture</source>
        <translation>重畫圖片的一部分</translation>
    </message>
    <message>
        <source>Enlarge the picture</source>
        <translation>放大圖片</translation>
    </message>
    <message>
        <source>Make the picture move</source>
        <translation>讓圖片動起來</translation>
    </message>
    <message>
        <source>Say what happens in the video</source>
        <translation>辨識影片中的動作</translation>
    </message>
    <message>
        <source>Compare two pictures</source>
        <translation>比較兩張圖片</translation>
    </message>
    <message>
        <source>Turn the picture into a vector</source>
        <translation>將圖片轉成向量</translation>
    </message>
    <message>
        <source>Find regions in colours</source>
        <translation>以顏色標出區域</translation>
    </message>
    <message>
        <source>Change size or shape of the picture</source>
        <translation>調整圖片的大小或形狀</translation>
    </message>
    <message>
        <source>Pick out found objects</source>
        <translation>挑選找到的物體</translation>
    </message>
    <message>
        <source>Take pictures out of the video</source>
        <translation>從影片擷取圖片</translation>
    </message>
    <message>
        <source>Take the sound out of the video</source>
        <translation>從影片擷取聲音</translation>
    </message>
    <message>
        <source>Cut or join videos</source>
        <translation>剪接影片</translation>
    </message>
    <message>
        <source>Cut or join recordings</source>
        <translation>剪接錄音</translation>
    </message>
    <message>
        <source>Choose the fitting sound</source>
        <translation>選出合適的聲音</translation>
    </message>
    <message>
        <source>Find where somebody speaks</source>
        <translation>找出有人說話的時段</translation>
    </message>
    <message>
        <source>Make music or a sound</source>
        <translation>製作音樂或音效</translation>
    </message>
    <message>
        <source>Choose the fitting label for the text</source>
        <translation>為文字選出合適的標籤</translation>
    </message>
    <message>
        <source>Fill the gap in the sentence</source>
        <translation>填補句子中的空缺</translation>
    </message>
    <message>
        <source>Rank texts by a question</source>
        <translation>依問題排列文字</translation>
    </message>
    <message>
        <source>Answer from the table</source>
        <translation>根據表格回答</translation>
    </message>
    <message>
        <source>Calculate with the table</source>
        <translation>計算表格</translation>
    </message>
    <message>
        <source>Put the table into words</source>
        <translation>將表格寫成文字</translation>
    </message>
    <message>
        <source>Calculate</source>
        <translation>計算</translation>
    </message>
    <message>
        <source>Find edges (Canny)</source>
        <translation>找出邊緣 (Canny)</translation>
    </message>
    <message>
        <source>Find soft edges (HED)</source>
        <translation>找出柔和邊緣 (HED)</translation>
    </message>
    <message>
        <source>Find straight lines</source>
        <translation>找出直線</translation>
    </message>
    <message>
        <source>Find surface directions</source>
        <translation>找出表面方向</translation>
    </message>
    <message>
        <source>Find body poses</source>
        <translation>找出人體姿勢</translation>
    </message>
    <message>
        <source>Draw along edges (Canny)</source>
        <translation>沿邊緣繪製 (Canny)</translation>
    </message>
    <message>
        <source>Draw along depth</source>
        <translation>依深度繪製</translation>
    </message>
    <message>
        <source>Draw along soft edges (HED)</source>
        <translation>沿柔和邊緣繪製 (HED)</translation>
    </message>
    <message>
        <source>Draw along straight lines</source>
        <translation>沿直線繪製</translation>
    </message>
    <message>
        <source>Draw along surfaces</source>
        <translation>依表面繪製</translation>
    </message>
    <message>
        <source>Draw along a pose</source>
        <translation>依姿勢繪製</translation>
    </message>
    <message>
        <source>Draw along outlines</source>
        <translation>沿輪廓繪製</translation>
    </message>
    <message>
        <source>“{name}”</source>
        <translation>「{name}」</translation>
    </message>
</context>
<context>
    <name>themes</name>
    <message>
        <source>As the desktop</source>
        <translation>與桌面相同</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>淺色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高對比</translation>
    </message>
</context>
</TS>
